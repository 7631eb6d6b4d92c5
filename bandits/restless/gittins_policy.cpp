#include "bandits/restless/gittins_policy.h"

#include <algorithm>
#include <vector>

#include "bandits/indices/beta_gittins.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

class GittinsPolicy final : public Agent {
 public:
  GittinsPolicy(int arms, const GittinsOptions& o)
      : gittins_(o.discount, o.tolerance),
        arms_(static_cast<std::size_t>(arms),
              Arm{o.successes, o.failures, gittins_.index(o.successes, o.failures).middle()}) {}

  int choose(const Round&) override {
    return static_cast<int>(std::ranges::max_element(arms_, {}, &Arm::index) - arms_.begin());
  }
  void learn(const Feedback& feedback) override {
    Arm& arm = arms_[static_cast<std::size_t>(feedback.arm)];
    arm.successes += feedback.reward;
    arm.failures += 1 - feedback.reward;
    arm.index = gittins_.index(arm.successes, arm.failures).middle();
  }

 private:
  struct Arm {
    double successes, failures, index;
  };
  BetaGittins gittins_;
  std::vector<Arm> arms_;
};

}  // namespace

std::unique_ptr<Agent> make_gittins(const World& world, const GittinsOptions& options, const Stream&) {
  if (world.noise != Noise::kBernoulli)
    throw InvalidOption("gittins needs rewards that are 0 or 1, and those of this bandit are others");
  return std::make_unique<GittinsPolicy>(world.arms, options);
}

}  // namespace bellwether::bandits
