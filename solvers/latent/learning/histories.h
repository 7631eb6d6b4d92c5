#pragma once

#include <cstdint>
#include <vector>

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
};

/// A deterministic policy of histories s_1 a_1 s_2 ... s_h: a choice for each. Histories of depth h (0 first) are
/// numbered: the first state is its own number, then child(node, k, s') = (node A + k) S + s'.
class HistoryPolicy {
 public:
  HistoryPolicy() = default;
  /// All choices 0. InvalidOption when there are more than ten million histories.
  HistoryPolicy(const LatentTables& model, int horizon);

  int horizon() const { return static_cast<int>(choice_.size()); }
  std::int64_t child(std::int64_t node, int k, int next) const { return (node * actions_ + k) * states_ + next; }
  int choice(int depth, std::int64_t node) const {
    return choice_[static_cast<std::size_t>(depth)][static_cast<std::size_t>(node)];
  }
  void play(int depth, std::int64_t node, int k) {
    choice_[static_cast<std::size_t>(depth)][static_cast<std::size_t>(node)] = static_cast<std::uint8_t>(k);
  }

 private:
  int states_ = 0, actions_ = 0;
  std::vector<std::vector<std::uint8_t>> choice_;
};

/// The exact value of a policy, by enumeration of what it can meet.
double value_of(const LatentTables& model, const HistoryPolicy& policy);

/// The variance of its return: Var over (context, first state) of alpha, and the expected sum of the variances of
/// alpha after each step (law of total variance).
double variance_of(const LatentTables& model, const HistoryPolicy& policy);

}  // namespace bellwether::solvers
