#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// The mean of an arm as it rots: `start` until `lasts`, a share of the run, is over; then it falls. It never grows.
struct Rot {
  enum class Shape {
    kStep,   ///< at once to `end`
    kLinear  ///< in a straight line, to `end` at the end of the run
  };
  Shape shape = Shape::kStep;
  double start = 1, end = 0;  ///< in [0, 1], start >= end
  double lasts = 0.25;        ///< in [0, 1]

  /// `used` and `rounds` count what rots the arm.
  double at(std::int64_t used, std::int64_t rounds) const;
  friend bool operator==(const Rot&, const Rot&) = default;
};

/// Arms that rot: with every pull of theirs (rested), or with every round (restless). Rewards are 0 or 1. The
/// comparator knows how they rot and always plays the arm whose next mean is largest, which nothing exceeds: rested,
/// the t-th round is compared with the t-th largest of all means that a run of this length could meet.
class RottingBandit : public Bandit {
 public:
  /// InvalidOption when there is no arm, or a mean grows or leaves [0, 1].
  RottingBandit(std::vector<Rot> arms, bool rested);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  const std::vector<Rot>& arms() const { return arms_; }
  bool rested() const { return rested_; }

 private:
  std::vector<Rot> arms_;
  bool rested_;
};

}  // namespace bellwether::bandits
