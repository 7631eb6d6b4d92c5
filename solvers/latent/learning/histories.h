#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"
#include "mdp/latent/latent_mdp.h"

namespace bellwether::solvers {

/// A latent model as dense tables, for walks over all histories.
struct LatentTables {
  LatentTables() = default;
  explicit LatentTables(const mdp::LatentMdp& model);
  /// The same sizes and rewards, without weights, starts and rows.
  LatentTables without_laws() const;

  int contexts = 0, states = 0, actions = 0;  ///< actions: the most of any state
  std::vector<int> choices;                   ///< of each state
  std::vector<double> weight;                 ///< [m]
  std::vector<double> start;                  ///< [m][s]
  std::vector<double> reward;                 ///< [m][s][k]
  std::vector<double> row;                    ///< [m][s][k][s']

  std::size_t at(int m, int s, int k) const {
    return (static_cast<std::size_t>(m) * static_cast<std::size_t>(states) + static_cast<std::size_t>(s)) *
               static_cast<std::size_t>(actions) +
           static_cast<std::size_t>(k);
  }
  double p(int m, int s, int k, int next) const {
    return row[at(m, s, k) * static_cast<std::size_t>(states) + static_cast<std::size_t>(next)];
  }
  double nu(int m, int s) const { return start[static_cast<std::size_t>(m * states + s)]; }
  std::span<const double> row_of(int m, int s, int k) const {
    return std::span(row).subspan(at(m, s, k) * static_cast<std::size_t>(states), static_cast<std::size_t>(states));
  }
  std::span<const double> start_of(int m) const {
    return std::span(start).subspan(static_cast<std::size_t>(m * states), static_cast<std::size_t>(states));
  }
};

/// An index with these probabilities.
int draw_from(std::span<const double> law, Stream& stream);

/// A deterministic policy of histories s_1 a_1 s_2 ... s_h: a tree of those that were added, a choice for each. The
/// first states are the nodes 0 .. S-1; a history that was never added, node -1, plays choice 0.
class HistoryPolicy {
 public:
  HistoryPolicy() = default;
  /// The first states alone, all choices 0.
  HistoryPolicy(const LatentTables& model, int horizon);

  int horizon() const { return horizon_; }
  std::int64_t num_histories() const { return static_cast<std::int64_t>(choice_.size()); }
  /// The history that goes on with choice k and state `next`, or -1.
  std::int64_t child(std::int64_t node, int k, int next) const {
    if (node < 0 || block_[static_cast<std::size_t>(node)] < 0) return -1;
    return next_[slot(node, k, next)];
  }
  /// The same, added if it is not there. InvalidOption beyond five million histories.
  std::int64_t add(std::int64_t node, int k, int next);
  int choice(std::int64_t node) const { return node < 0 ? 0 : choice_[static_cast<std::size_t>(node)]; }
  void play(std::int64_t node, int k) { choice_[static_cast<std::size_t>(node)] = k; }

 private:
  std::size_t slot(std::int64_t node, int k, int next) const {
    return static_cast<std::size_t>(block_[static_cast<std::size_t>(node)]) +
           static_cast<std::size_t>(k * states_ + next);
  }

  int states_ = 0, actions_ = 0, horizon_ = 0;
  std::vector<std::int32_t> choice_, next_;
  std::vector<std::int64_t> block_;  ///< where a node's children begin in next_; -1: it has none
};

/// The exact value of a policy, by enumeration of what it can meet.
double value_of(const LatentTables& model, const HistoryPolicy& policy);

/// The variance of its return: Var over (context, first state) of alpha, and the expected sum of the variances of
/// alpha after each step (law of total variance).
double variance_of(const LatentTables& model, const HistoryPolicy& policy);

}  // namespace bellwether::solvers
