#include "bandits/stochastic/upper_confidence.h"

#include <cmath>
#include <limits>

#include "bandits/stochastic/arm_statistics.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// m + c sqrt(2 ln n / N), n = rounds played.
class Ucb1 final : public Agent {
 public:
  Ucb1(int arms, double factor) : statistics_(arms), factor_(factor) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    width_ = factor_ * std::sqrt(2 * std::log(static_cast<double>(statistics_.total())));
    return statistics_.largest([&](int arm) { return index(arm); });
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

  std::optional<double> optimistic_mean(int arm) const override {
    return statistics_.count(arm) == 0 ? std::numeric_limits<double>::infinity() : index(arm);
  }

 private:
  double index(int arm) const { return statistics_.mean(arm) + width_ * statistics_.inverse_root(arm); }

  ArmStatistics statistics_;
  double factor_, width_ = 0;
};

}  // namespace

std::unique_ptr<Agent> make_ucb1(const World& world, const Ucb1Options& options, const Stream&) {
  return std::make_unique<Ucb1>(world.arms, Constant("ucb1", options.constant, kUcb1Practical).factor());
}

}  // namespace bellwether::bandits
