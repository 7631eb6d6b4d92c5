#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "bandits/bandit.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// The first i with p_0 + ... + p_i > u; the last one with p_i > 0 where rounding leaves none.
int draw_index(std::span<const double> p, double u);

/// Rewards in [low, high] as losses in [0, 1].
class LossScale {
 public:
  /// InvalidOption, naming the learner, unless the world has arms with bounded rewards.
  LossScale(std::string_view learner, const World& world);

  double loss(double reward) const { return (high_ - reward) / range_; }
  double gain(double reward) const { return (reward - low_) / range_; }

 private:
  double low_, high_, range_;
};

/// The probabilities of the last rounds: late feedback needs those of the round in which its arm was drawn.
class DrawHistory {
 public:
  explicit DrawHistory(const World& world)
      : arms_(static_cast<std::size_t>(world.arms)),
        rounds_(world.largest_delay + 1),
        slots_(arms_ * static_cast<std::size_t>(rounds_)) {}

  /// Those of this round, which replace those of the oldest one.
  std::span<double> of(std::int64_t round) {
    return std::span(slots_).subspan(static_cast<std::size_t>(round % rounds_) * arms_, arms_);
  }

 private:
  std::size_t arms_;
  std::int64_t rounds_;
  std::vector<double> slots_;
};

}  // namespace bellwether::bandits
