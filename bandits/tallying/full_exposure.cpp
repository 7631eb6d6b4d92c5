#include "bandits/tallying/full_exposure.h"

#include "bandits/arms/tallying.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

class OneArm final : public Agent {
 public:
  explicit OneArm(int arm) : arm_(arm) {}
  int choose(const Round&) override { return arm_; }
  void learn(const Feedback&) override {}

 private:
  int arm_;
};

}  // namespace

std::unique_ptr<Agent> make_full_exposure(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                          const Stream&) {
  require_none("full-exposure", settings);
  const auto* tallying = dynamic_cast<const TallyingBandit*>(&bandit);
  if (tallying == nullptr)
    throw InvalidOption("full-exposure knows the losses of a tallying bandit, and this bandit is none");
  return std::make_unique<OneArm>(tallying->best());
}

}  // namespace bellwether::bandits
