#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "bandits/agent.h"

namespace bellwether::bandits {

/// A learner whose index of an arm depends on what that arm brought alone, not on the round: index(mean, count) is
/// computed when the arm was played and kept. Arms that were never played come first.
template <class Index>
class FixedIndex final : public Agent {
 public:
  FixedIndex(int arms, Index index)
      : index_(std::move(index)),
        count_(static_cast<std::size_t>(arms)),
        sum_(count_.size()),
        value_(count_.size(), std::numeric_limits<double>::infinity()) {}

  int choose(const Round&) override {
    std::size_t best = 0;
    for (std::size_t a = 1; a < value_.size(); ++a)
      if (value_[a] > value_[best]) best = a;
    return static_cast<int>(best);
  }

  void learn(const Feedback& feedback) override {
    const auto a = static_cast<std::size_t>(feedback.arm);
    const auto n = static_cast<double>(++count_[a]);
    sum_[a] += feedback.reward;
    value_[a] = index_(sum_[a] / n, n);
  }

  std::optional<double> optimistic_mean(int arm) const override { return value_[static_cast<std::size_t>(arm)]; }

 private:
  Index index_;
  std::vector<std::int64_t> count_;
  std::vector<double> sum_, value_;
};

}  // namespace bellwether::bandits
