#include "bandits/contextual/greedy.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bandits/contextual/policies.h"
#include "bandits/linear/requirements.h"
#include "bandits/requirements.h"
#include "core/sampling.h"

namespace bellwether::bandits {
namespace {

enum class Schedule { kFirst, kEpochs, kEpsilon };

/// Follows the policy that earned most in the uniform rounds: their rewards times K are unbiased for every policy that
/// would have taken the same arm, and the factor K orders nothing.
class PolicyGreedy final : public Agent {
 public:
  PolicyGreedy(const World& world, int policies, Schedule schedule, std::int64_t first, const Stream& stream)
      : schedule_(schedule),
        policies_(world, policies, stream),
        cost_(world.arms * std::max(std::log(policies_.size()), std::log(2.0))),
        wait_(first),
        earned_(static_cast<std::size_t>(policies_.size())),
        taken_(earned_.size()),
        stream_(stream.child("draws")) {}

  int choose(const Round& round) override {
    exploring_ = explores(round.number);
    if (!exploring_) return policies_.arm_of(best_, round);
    policies_.arms_of(round, taken_);
    return static_cast<int>(stream_.below(static_cast<std::uint64_t>(round.arms)));
  }

  void learn(const Feedback& feedback) override {
    if (!exploring_) return;
    ++explored_;
    for (std::size_t i = 0; i < earned_.size(); ++i)
      if (taken_[i] == feedback.arm) earned_[i] += feedback.reward;
    best_ = static_cast<int>(std::ranges::max_element(earned_) - earned_.begin());
  }

  /// K ln N, N at least 2.
  double cost() const { return cost_; }
  void set_wait(std::int64_t rounds) { wait_ = rounds; }

 private:
  bool explores(std::int64_t t) {
    switch (schedule_) {
      case Schedule::kFirst:
        return t <= wait_;
      case Schedule::kEpsilon:
        return sample_bernoulli(stream_, std::cbrt(cost_ / static_cast<double>(t)));
      case Schedule::kEpochs:
        break;
    }
    if (wait_-- > 0) return false;
    wait_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::sqrt(static_cast<double>(explored_ + 1) / cost_)));
    return true;
  }

  Schedule schedule_;
  PolicyClass policies_;
  double cost_;
  std::int64_t wait_, explored_ = 0;
  std::vector<double> earned_;
  std::vector<int> taken_;
  int best_ = 0;
  bool exploring_ = false;
  Stream stream_;
};

}  // namespace

std::unique_ptr<Agent> make_explore_first(const World& world, const ExploreFirstOptions& options,
                                          const Stream& stream) {
  require_prompt("explore-first", world);
  auto agent = std::make_unique<PolicyGreedy>(world, options.policies, Schedule::kFirst, options.rounds, stream);
  if (options.rounds == 0) {
    const double rounds = std::pow(static_cast<double>(world.rounds), 2.0 / 3) * std::cbrt(agent->cost());
    agent->set_wait(static_cast<std::int64_t>(std::ceil(rounds)));
  }
  return agent;
}

std::unique_ptr<Agent> make_epoch_greedy(const World& world, const EpochGreedyOptions& options, const Stream& stream) {
  require_prompt("epoch-greedy", world);
  const Schedule schedule = options.schedule == "epochs" ? Schedule::kEpochs : Schedule::kEpsilon;
  return std::make_unique<PolicyGreedy>(world, options.policies, schedule, 0, stream);
}

}  // namespace bellwether::bandits
