#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/risk/law.h"
#include "solvers/risk/outcomes.h"

namespace bellwether::solvers {

struct StockOptions {
  double grid = 0;
  std::int64_t max_nodes = 20'000'000;
};

template <class Field>
void describe(StockOptions& o, Field&& field) {
  field("grid", o.grid, at_least(0), "keep the earnings so far on a grid of this step (0: exactly)");
  field("max_nodes", o.max_nodes, between(1, 2e9), "refuse problems with more (stage, state, earnings) than this");
}

/// A state together with what was earned on the way to it (its *stock*, discounted to the start).
struct StockNode {
  std::int32_t state = 0;
  double stock = 0;
};

/// One choice index a node (local to the node's state), for each stage.
using StockPolicy = std::vector<std::vector<std::int32_t>>;

/// Every (stage, state, earnings so far) that some policy can reach in a finite-horizon problem. Criteria that look at
/// the whole law of the return are solved by dynamic programming on these nodes (Bäuerle and Ott 2011; Pires et al.
/// 2025): a policy that sees the stock is as good as one that sees everything.
///
/// Stocks closer than rounding are one; with a grid, stocks are rounded to its multiples. Rewards of minimised problems
/// are negated, so more is always better here.
class StockTree {
 public:
  using KeepGoing = std::function<bool()>;

  /// InvalidOption when there are more nodes than allowed. `keep_going`, if there is one, is asked now and then; once
  /// it said no the tree is not complete() and of no use. The same below, where the result then means nothing.
  StockTree(const Problem& problem, const StockOptions& options, const KeepGoing& keep_going = nullptr);
  bool complete() const { return !final_stocks_.empty(); }

  int horizon() const { return static_cast<int>(stages_.size()) - 1; }
  std::span<const StockNode> nodes(int stage) const { return stages_[static_cast<std::size_t>(stage)].node; }
  std::int64_t num_nodes() const { return num_nodes_; }
  /// Final stocks that some policy can reach, ascending, each once.
  const std::vector<double>& final_stocks() const { return final_stocks_; }
  /// How far the stock of a node may be from what was really earned on any way to it.
  double stock_error() const { return stock_error_; }
  bool has_grid() const { return grid_ > 0; }
  double largest_stock() const { return largest_stock_; }  ///< in absolute value

  /// Expected utility f(final stock) under the best policy; `policy`, when given, receives it. Ties go to the first
  /// choice. The expectations carry `expectation_error` times the largest |f|.
  double maximise(const std::function<double(double)>& f, StockPolicy* policy = nullptr,
                  const KeepGoing& keep_going = nullptr) const;
  double expectation_error() const;

  /// The least probability that a policy can give to final stocks below b. Both ends are the truth itself where no
  /// operation had to round, as with probabilities that are halves and quarters; `policy`, when given, receives one
  /// that is within the upper end.
  Enclosure least_mass_below(double b, StockPolicy* policy = nullptr, const KeepGoing& keep_going = nullptr) const;

  /// Whether that least probability is below (-1), at (0) or above (1) the level, in fractions, where the level is a
  /// short decimal and all probabilities are read as what they were probably meant to be (core/number_reading.h): 0.1
  /// in a file is a tenth, and three of them in a row a thousandth. Nothing when the tree is large, the level or some
  /// probability has no such meaning, or `keep_going` said no. `policy` receives one that has the probability.
  std::optional<int> compare_least_mass(double b, double level, StockPolicy* policy = nullptr,
                                        const KeepGoing& keep_going = nullptr) const;

  /// The law of the final stock under a policy, and that from each node on (`laws` of one stage, in the nodes' order).
  Law law(const StockPolicy& policy, const KeepGoing& keep_going = nullptr) const;

  /// Chooses at each node the law of the final stock that `functional` likes best, backwards: optimal when the
  /// functional is indifferent to mixtures, and no more than greedy otherwise.
  StockPolicy greedy(const std::function<double(const Law&)>& functional) const;

  const mdp::TabularMdp& model(int stage) const;

 private:
  struct Stage {
    std::vector<StockNode> node;
    std::vector<std::int64_t> child_begin;  ///< of each node; then one entry an outcome, choice after choice
    std::vector<std::int32_t> child;        ///< places in the next stage
  };

  const OutcomeTable& outcomes(int stage) const;
  /// False when `keep_going` said no.
  bool expand(int stage, double discount, double same, const KeepGoing& keep_going);
  void require_room(int stage, std::int64_t nodes) const;
  /// visit(local choice, outcomes, children) for every choice of a node.
  template <class Visit>
  void for_choices(int stage, std::size_t node, const Visit& visit) const;

  std::vector<mdp::TabularMdp> models_;
  std::vector<OutcomeTable> outcomes_;  ///< one, or one a stage
  std::vector<double> initial_;         ///< of the nodes of the first stage
  std::vector<Stage> stages_;           ///< horizon + 1 of them
  std::vector<double> final_stocks_;
  std::int64_t num_nodes_ = 0, max_nodes_ = 0;
  double grid_ = 0, stock_error_ = 0, largest_stock_ = 0;
};

}  // namespace bellwether::solvers
