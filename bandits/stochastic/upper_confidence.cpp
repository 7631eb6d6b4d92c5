#include "bandits/stochastic/upper_confidence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bandits/stochastic/arm_statistics.h"
#include "bandits/stochastic/fixed_index.h"
#include "bandits/stochastic/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

double ucb1_width(double played) { return std::sqrt(2 * std::log(played)); }

double ucb_width(double played) {
  const double t = played + 1, log = std::log(t);
  return std::sqrt(2 * std::log(1 + t * log * log));
}

/// m + c w(n) / sqrt(N), n = rounds played.
template <double (*Width)(double)>
class GrowingWidth final : public Agent {
 public:
  GrowingWidth(int arms, double factor) : statistics_(arms), factor_(factor) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    width_ = factor_ * Width(static_cast<double>(statistics_.total()));
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

/// m + c (sqrt(2 V E / N) + 3 b E / N), E = 1.2 ln t.
class UcbV final : public Agent {
 public:
  UcbV(int arms, double range, double factor)
      : statistics_(arms),
        squares_(static_cast<std::size_t>(arms)),
        root_(squares_.size()),
        linear_(squares_.size()),
        range_(range),
        factor_(factor) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed();
    if (unplayed < statistics_.arms()) return unplayed;
    exploration_ = 1.2 * std::log(static_cast<double>(statistics_.total() + 1));
    exploration_root_ = std::sqrt(exploration_);
    return statistics_.largest([&](int arm) { return index(arm); });
  }

  void learn(const Feedback& feedback) override {
    const auto a = static_cast<std::size_t>(feedback.arm);
    const double before = statistics_.mean(feedback.arm);
    statistics_.add(feedback.arm, feedback.reward);
    // Welford: the sum of squared distances to the mean.
    squares_[a] += (feedback.reward - before) * (feedback.reward - statistics_.mean(feedback.arm));
    const auto n = static_cast<double>(statistics_.count(feedback.arm));
    root_[a] = factor_ * std::sqrt(2 * squares_[a]) / n;
    linear_[a] = factor_ * 3 * range_ / n;
  }

  std::optional<double> optimistic_mean(int arm) const override {
    return statistics_.count(arm) == 0 ? std::numeric_limits<double>::infinity() : index(arm);
  }

 private:
  double index(int arm) const {
    const auto a = static_cast<std::size_t>(arm);
    return statistics_.mean(arm) + root_[a] * exploration_root_ + linear_[a] * exploration_;
  }

  ArmStatistics statistics_;
  std::vector<double> squares_, root_, linear_;
  double range_, factor_, exploration_ = 0, exploration_root_ = 0;
};

struct FixedWidth {
  double width;
  double operator()(double mean, double count) const { return mean + width / std::sqrt(count); }
};

struct MossIndex {
  double share, width;  ///< T / K; constant times 2 sigma
  double operator()(double mean, double count) const {
    return mean + width * std::sqrt(std::max(0.0, std::log(share / count)) / count);
  }
};

}  // namespace

std::unique_ptr<Agent> make_ucb1(const World& world, const Ucb1Options& options, const Stream&) {
  require_unit_rewards("ucb1", world);
  const double factor = Constant("ucb1", options.constant, kUcb1Practical).factor();
  return std::make_unique<GrowingWidth<ucb1_width>>(world.arms, factor);
}

std::unique_ptr<Agent> make_ucb(const World& world, const UcbOptions& options, const Stream&) {
  const double factor = Constant("ucb", options.constant, 1).factor();
  return std::make_unique<GrowingWidth<ucb_width>>(world.arms, factor * require_sub_gaussian("ucb", world));
}

std::unique_ptr<Agent> make_ucb_delta(const World& world, const UcbDeltaOptions& options, const Stream&) {
  const double factor = Constant("ucb-delta", options.constant, kFixedWidthPractical).factor();
  const double sigma = require_sub_gaussian("ucb-delta", world);
  const double log = options.delta > 0 ? -std::log(options.delta) : 2 * std::log(static_cast<double>(world.rounds));
  return std::make_unique<FixedIndex<FixedWidth>>(world.arms, FixedWidth{factor * sigma * std::sqrt(2 * log)});
}

std::unique_ptr<Agent> make_ucb_v(const World& world, const UcbVOptions& options, const Stream&) {
  const double factor = Constant("ucb-v", options.constant, 1).factor();
  return std::make_unique<UcbV>(world.arms, require_bounded("ucb-v", world), factor);
}

std::unique_ptr<Agent> make_moss(const World& world, const MossOptions& options, const Stream&) {
  const double factor = Constant("moss", options.constant, 1).factor();
  const double share = static_cast<double>(world.rounds) / world.arms;
  return std::make_unique<FixedIndex<MossIndex>>(world.arms,
                                                 MossIndex{share, 2 * factor * require_sub_gaussian("moss", world)});
}

}  // namespace bellwether::bandits
