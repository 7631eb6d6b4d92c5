#pragma once

#include <cstdint>
#include <span>

#include "solvers/online/discounted/transition_estimate.h"

namespace bellwether::online {

/// What a learner of a discounted model is told, in an EpochWorld; and what it does: it plays one policy an epoch (an
/// episode that ends by chance), believes in values that it backs up with a bonus, and learns at the end of the epoch.
struct EpochWorld {
  std::span<const std::int64_t> state_begin;
  std::span<const double> mean_reward;  ///< in [0, 1]
  double discount = 0.9;
  std::int64_t epochs = 1;

  int num_states() const { return static_cast<int>(state_begin.size()) - 1; }
  double horizon() const { return 1 / (1 - discount); }
};

class DiscountedAgent {
 public:
  DiscountedAgent() = default;
  virtual ~DiscountedAgent() = default;
  DiscountedAgent(const DiscountedAgent&) = delete;
  DiscountedAgent& operator=(const DiscountedAgent&) = delete;

  /// Of the choice, in its state, under the policy of this epoch.
  virtual double probability(std::int64_t choice) const = 0;
  /// V_k, what it believes the states to be worth.
  virtual std::span<const double> values() const = 0;
  /// What it knows of transitions, and what it adds in the backup to come for what it does not know.
  virtual const TransitionEstimate& estimate() const = 0;
  virtual double bonus(std::int64_t choice) const = 0;

  virtual void observe(std::int64_t choice, std::int32_t next) = 0;
  /// The epoch is over: pi_{k+1}, V_{k+1}.
  virtual void end_epoch() = 0;
};

}  // namespace bellwether::online
