#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/online/average/agent.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {

/// What a learner of the long run has seen of every choice: visits, rewards, successors. Steps are added one by one and
/// read once an epoch: where there is room for a number beside every pair of a choice and a state, a step counts there
/// first, without a search, and settle() carries the numbers over.
class Experience {
 public:
  explicit Experience(const AverageWorld& world)
      : transitions_(world.num_choices()),
        rewards_(static_cast<std::size_t>(world.num_choices())),
        states_(static_cast<std::size_t>(world.num_states())) {
    if (rewards_.size() * states_ <= kMostPairs) fresh_.assign(rewards_.size() * states_, 0);
  }

  void add(std::span<const AverageStep> steps) {
    if (fresh_.empty()) {
      for (const AverageStep& step : steps) {
        transitions_.add(step.choice, step.next);
        rewards_[static_cast<std::size_t>(step.choice)].add(step.reward);
      }
      return;
    }
    std::int32_t* const fresh = fresh_.data();
    Moments* const rewards = rewards_.data();
    for (const AverageStep& step : steps) {
      const std::size_t pair = static_cast<std::size_t>(step.choice) * states_ + static_cast<std::size_t>(step.next);
      if (fresh[pair]++ == 0) touched_.push_back(pair);
      rewards[step.choice].add(step.reward);
    }
    unsettled_ += static_cast<std::int64_t>(steps.size());
    if (unsettled_ > kMostUnsettled) settle();
  }

  /// To be called before anything is read.
  void settle() {
    for (const std::size_t pair : touched_) {
      transitions_.add(static_cast<std::int64_t>(pair / states_), static_cast<std::int32_t>(pair % states_),
                       fresh_[pair]);
      fresh_[pair] = 0;
    }
    touched_.clear();
    unsettled_ = 0;
  }

  std::int64_t num_choices() const { return transitions_.num_rows(); }
  std::int64_t visits(std::int64_t choice) const { return transitions_.visits(choice); }
  const Moments& rewards(std::int64_t choice) const { return rewards_[static_cast<std::size_t>(choice)]; }
  std::span<const TransitionCounts::Successor> successors(std::int64_t choice) const {
    return transitions_.successors(choice);
  }

 private:
  static constexpr std::size_t kMostPairs = std::size_t{1} << 20;
  static constexpr std::int64_t kMostUnsettled = std::int64_t{1} << 30;  // fits the numbers beside the pairs

  TransitionCounts transitions_;
  std::vector<Moments> rewards_;
  std::size_t states_;
  std::vector<std::int32_t> fresh_;   ///< of each pair: how often since the last settle()
  std::vector<std::size_t> touched_;  ///< pairs where that is not 0
  std::int64_t unsettled_ = 0;
};

}  // namespace bellwether::online
