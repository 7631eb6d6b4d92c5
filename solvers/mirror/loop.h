#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include <Eigen/Core>

#include "solvers/exact/discounted/run.h"
#include "solvers/mirror/tables.h"
#include "solvers/mirror/unit_problem.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// A policy that a gradient or mirror method has just evaluated.
struct Iterate {
  std::int64_t iteration = 0;       ///< 0: the policy it started from
  double step = 0;                  ///< the step that made it
  const Eigen::VectorXd& value;     ///< V of it, in the problem's units
  const Eigen::VectorXd& unit;      ///< the same for rewards mapped to [0, 1], to be maximised
  std::span<const double> q;        ///< Q of it, one a choice, in those units
  std::span<const double> weights;  ///< its probabilities, one a choice
};

/// Called for each policy of a run, before the next step.
using Watch = std::function<void(const Iterate&)>;

namespace mirror {

/// What the loops of all methods on discounted problems share: evaluate the policy, prove how good it is, tell, and ask
/// whether to go on.
///
///   Loop loop("projected-policy-gradient", problem, run_options, options.iterations, options.watch);
///   while (loop.go_on(weights)) { ... weights from loop.q() ... }
///   return loop.solution();
///
/// Certificate: solvers::certify(problem, V^pi, pi) encloses V* and V^pi; of all policies the one with the tightest
/// enclosure is returned. Cost of each go_on(): one linear solve and two passes over the transitions.
class Loop {
 public:
  /// `contracts`: the method promises a gap that falls like the discount to the power of the iteration.
  Loop(std::string_view algorithm, const Problem& problem, const SolveOptions& run_options, std::int64_t iterations,
       const Watch& watch, bool contracts = false);

  const UnitProblem& unit() const { return unit_; }
  const mdp::TabularMdp& model() const { return unit_.model(); }
  double discount() const { return unit_.discount(); }
  std::int64_t iteration() const { return evaluated_ - 1; }  ///< of the policy evaluated last

  /// Evaluates and proves; false when there is nothing more to do. `step` made these weights.
  bool go_on(const Table& weights, double step = 0);
  /// Of the policy evaluated last, in unit rewards.
  const Eigen::VectorXd& v() const { return v_; }
  const Table& q() const { return q_; }

  void add_note(std::string_view sentence) { run_.add_note(sentence); }
  Solution solution();

 private:
  const Problem& problem_;
  UnitProblem unit_;
  discounted::Run run_;
  std::int64_t most_, evaluated_ = 0;
  const Watch& watch_;
  bool contracts_;
  std::optional<Certificate> first_;  ///< when not even one iteration was allowed
  Eigen::VectorXd v_;
  Table q_;
};

}  // namespace mirror
}  // namespace bellwether::solvers
