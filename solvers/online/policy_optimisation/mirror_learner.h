#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "solvers/online/episodic/agent.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {

/// An optimistic evaluation of the policy that was just played, then a step of mirror descent towards it, then the data
/// of the episode: Q^k knows nothing of episode k, as in both papers.
///
/// `Estimate(visits)` gives an OptimisticEstimate. With costs c = 1 - r the rule max{0, c - b + P V} of one paper is
/// min{H - h, r + b + P V} of the other.
template <class Estimate>
class MirrorLearner final : public EpisodicAgent {
 public:
  /// Rewards are the known ones when `knows_rewards`, else averages of what was collected.
  MirrorLearner(const EpisodicWorld& world, const Estimate& estimate, bool knows_rewards, double step)
      : EpisodicAgent(world),
        world_(world),
        estimate_(estimate),
        knows_rewards_(knows_rewards),
        step_(step),
        states_(static_cast<std::size_t>(world.num_states())),
        counts_(world.num_choices() * world.horizon),
        rows_(static_cast<std::size_t>(counts_.num_rows())),
        q_(static_cast<std::size_t>(world.num_choices())),
        value_(states_ * (static_cast<std::size_t>(world.horizon) + 1), 0.0) {
    for (int h = 0; h < world.horizon; ++h) {
      for (std::size_t s = 0; s < states_; ++s) {
        const std::int64_t first = world.state_begin[s], last = world.state_begin[s + 1];
        for (std::int64_t c = first; c < last; ++c) {
          rows_[row(h, c)].probability = 1 / static_cast<double>(last - first);
          policy().play_with(h, c, rows_[row(h, c)].probability);
        }
      }
    }
  }

  void plan(std::int64_t /*episode*/) override {}

  void learn(std::span<const Step> steps) override {
    evaluate();
    for (int h = 0; h < world_.horizon; ++h) count(h, steps[static_cast<std::size_t>(h)]);
  }

  /// The optimistic value of the policy before the last one: at least its true value while the bonuses hold. (Not of
  /// the optimal policy, so there is no optimistic_value.)
  double evaluation(int state) const { return value_[static_cast<std::size_t>(state)]; }

 private:
  struct Row {
    double probability = 0;
    double weight = 0;  ///< logarithm of the probability up to a constant of the state
    double reward = 0;  ///< sum
    double per_visit = 0, bonus = 0;
  };

  std::size_t row(int h, std::int64_t c) const {
    return static_cast<std::size_t>(h) * static_cast<std::size_t>(world_.num_choices()) + static_cast<std::size_t>(c);
  }

  void evaluate() {
    for (int h = world_.horizon - 1; h >= 0; --h) {
      double* now = value_.data() + static_cast<std::size_t>(h) * states_;
      for (std::size_t s = 0; s < states_; ++s) {
        double value = 0;
        for (std::int64_t c = world_.state_begin[s]; c < world_.state_begin[s + 1]; ++c) {
          q_[static_cast<std::size_t>(c)] = optimistic_q(h, c, now + states_);
          value += rows_[row(h, c)].probability * q_[static_cast<std::size_t>(c)];
        }
        now[s] = value;
        improve(h, s);
      }
    }
  }

  double optimistic_q(int h, std::int64_t c, const double* next) const {
    const std::size_t i = row(h, c);
    const auto most = static_cast<double>(world_.horizon - h);
    if (counts_.visits(static_cast<std::int64_t>(i)) == 0) return most;
    const Row& r = rows_[i];
    const double reward =
        knows_rewards_ ? world_.mean_reward[static_cast<std::size_t>(world_.row(h, c))] : r.reward * r.per_visit;
    return std::min(most, reward + r.bonus + counts_.sum(static_cast<std::int64_t>(i), next) * r.per_visit);
  }

  /// pi <- pi exp(step Q) / Z, kept as logarithms: no probability is lost for ever by underflow. Only differences of Q
  /// within the state matter, so where all are equal nothing changes, exactly.
  void improve(int h, std::size_t s) {
    const std::int64_t first = world_.state_begin[s], last = world_.state_begin[s + 1];
    const double best = *std::max_element(q_.begin() + first, q_.begin() + last);
    if (*std::min_element(q_.begin() + first, q_.begin() + last) == best) return;
    Row* rows = rows_.data() + row(h, 0);
    double largest = -std::numeric_limits<double>::infinity(), sum = 0;
    for (std::int64_t c = first; c < last; ++c) {
      rows[c].weight += step_ * (q_[static_cast<std::size_t>(c)] - best);
      largest = std::max(largest, rows[c].weight);
    }
    for (std::int64_t c = first; c < last; ++c) sum += rows[c].probability = std::exp(rows[c].weight - largest);
    for (std::int64_t c = first; c < last; ++c) {
      rows[c].probability /= sum;
      policy().play_with(h, c, rows[c].probability);
    }
  }

  void count(int h, const Step& step) {
    const std::size_t i = row(h, step.choice);
    counts_.add(static_cast<std::int64_t>(i), step.next);
    const auto estimate = estimate_(counts_.visits(static_cast<std::int64_t>(i)));
    rows_[i].reward += step.reward;
    rows_[i].per_visit = 1 / estimate.visits_counted;
    rows_[i].bonus = estimate.bonus;
  }

  EpisodicWorld world_;
  Estimate estimate_;
  bool knows_rewards_;
  double step_;
  std::size_t states_;
  TransitionCounts counts_;  ///< a row for each stage and choice, as in rows_
  std::vector<Row> rows_;
  std::vector<double> q_;      ///< of the stage at hand
  std::vector<double> value_;  ///< V_h(s), and V_H = 0
};

}  // namespace bellwether::online
