#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// What came back of a round. With delays the rounds of feedback are not those in which it comes.
struct Feedback {
  std::int64_t round = 0;  ///< in which it was played
  int arm = 0;
  double reward = 0;
  std::span<const double> feature = {};  ///< of the arm that was played, where arms have features
};

/// A learner in one run. No allocation in choose() and learn().
class Agent {
 public:
  virtual ~Agent() = default;

  virtual int choose(const Round& round) = 0;
  virtual void learn(const Feedback& feedback) = 0;

  /// Of kItems: the items to play, ascending, and what each brought.
  virtual std::span<const int> choose_items(const Round& round);
  virtual void learn_items(std::int64_t round, std::span<const int> items, std::span<const double> rewards);

  /// Probabilities that the last choice was drawn with; empty for learners that do not keep them.
  virtual std::span<const double> probabilities() const { return {}; }

  /// Learners that identify: true once they are sure, or their budget is spent. Then, and at any time, answer() is the
  /// arm that they would name.
  virtual bool finished() const { return false; }
  virtual int answer() const { return -1; }

  /// Learners that believe that the mean of no arm exceeds an index: the index of this arm in the last choice, for the
  /// count of violations of optimism.
  virtual std::optional<double> optimistic_mean(int /*arm*/) const { return std::nullopt; }
};

}  // namespace bellwether::bandits
