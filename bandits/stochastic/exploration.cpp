#include "bandits/stochastic/exploration.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bandits/stochastic/arm_statistics.h"
#include "bandits/stochastic/requirements.h"
#include "core/sampling.h"

namespace bellwether::bandits {
namespace {

class ExploreThenCommit final : public Agent {
 public:
  ExploreThenCommit(int arms, std::int64_t pulls) : statistics_(arms), pulls_(pulls) {}

  int choose(const Round&) override {
    if (statistics_.total() < pulls_ * statistics_.arms())
      return static_cast<int>(statistics_.total() % statistics_.arms());
    if (arm_ < 0) arm_ = statistics_.largest([&](int arm) { return statistics_.mean(arm); });
    return arm_;
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

 private:
  ArmStatistics statistics_;
  std::int64_t pulls_;
  int arm_ = -1;  // that it has committed to
};

class EpsilonGreedy final : public Agent {
 public:
  enum class Schedule { kConstant, kDecreasing, kCubeRoot };

  EpsilonGreedy(int arms, Schedule schedule, double scale, const Stream& stream)
      : statistics_(arms),
        probabilities_(static_cast<std::size_t>(arms)),
        schedule_(schedule),
        scale_(scale),
        draws_(stream) {}

  int choose(const Round&) override {
    const int unplayed = statistics_.unplayed(), arms = statistics_.arms();
    epsilon_ = unplayed < arms ? 0 : exploration(static_cast<double>(statistics_.total() + 1));
    greedy_ = unplayed < arms ? unplayed : best();
    if (epsilon_ == 0 || !sample_bernoulli(draws_, epsilon_)) return greedy_;
    return static_cast<int>(draws_.below(static_cast<std::uint64_t>(arms)));
  }

  void learn(const Feedback& feedback) override { statistics_.add(feedback.arm, feedback.reward); }

  std::span<const double> probabilities() const override {
    // Computed when somebody asks: the choice does not need them.
    std::ranges::fill(probabilities_, epsilon_ / static_cast<double>(probabilities_.size()));
    probabilities_[static_cast<std::size_t>(greedy_)] += 1 - epsilon_;
    return probabilities_;
  }

 private:
  double exploration(double t) const {
    if (schedule_ == Schedule::kConstant) return scale_;
    if (schedule_ == Schedule::kDecreasing) return std::min(1.0, scale_ / t);
    return std::min(1.0, std::cbrt(scale_ * std::log(t) / t));
  }
  int best() const {
    return statistics_.largest([&](int arm) { return statistics_.mean(arm); });
  }

  ArmStatistics statistics_;
  mutable std::vector<double> probabilities_;
  Schedule schedule_;
  double scale_, epsilon_ = 0;
  int greedy_ = 0;
  Stream draws_;
};

}  // namespace

std::int64_t pulls_before_commitment(const World& world, const ExploreThenCommitOptions& options) {
  if (options.pulls > 0) return options.pulls;
  const auto rounds = static_cast<double>(world.rounds);
  if (options.gap == 0) {
    const double m = std::cbrt(std::pow(rounds / world.arms, 2) * std::log(rounds));
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(m)));
  }
  const double sigma = require_sub_gaussian("explore-then-commit", world);
  const double unit = 4 * sigma * sigma / (options.gap * options.gap);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(unit * std::log(rounds / unit))));
}

std::unique_ptr<Agent> make_explore_then_commit(const World& world, const ExploreThenCommitOptions& options,
                                                const Stream&) {
  return std::make_unique<ExploreThenCommit>(world.arms,
                                             std::min(pulls_before_commitment(world, options), world.rounds));
}

std::unique_ptr<Agent> make_epsilon_greedy(const World& world, const EpsilonGreedyOptions& o, const Stream& stream) {
  using Schedule = EpsilonGreedy::Schedule;
  const Stream draws = stream.child("draw");
  if (o.schedule == "constant")
    return std::make_unique<EpsilonGreedy>(world.arms, Schedule::kConstant, o.epsilon, draws);
  if (o.schedule == "cube-root")
    return std::make_unique<EpsilonGreedy>(world.arms, Schedule::kCubeRoot, world.arms, draws);
  return std::make_unique<EpsilonGreedy>(world.arms, Schedule::kDecreasing, o.c * world.arms / (o.gap * o.gap), draws);
}

}  // namespace bellwether::bandits
