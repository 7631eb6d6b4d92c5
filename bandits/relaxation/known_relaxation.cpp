#include "bandits/relaxation/known_relaxation.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bandits/arms/relaxation.h"
#include "bandits/relaxation/iterations.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

const RelaxationBandit& relaxation(std::string_view learner, const Bandit& bandit) {
  const auto* known = dynamic_cast<const RelaxationBandit*>(&bandit);
  if (known == nullptr)
    throw InvalidOption(fmt::format("{} chooses a relaxation parameter, and arms of this bandit are none", learner));
  return *known;
}

int nearest(const std::vector<double>& omegas, double omega) {
  return static_cast<int>(std::ranges::min_element(omegas, {}, [&](double x) { return std::abs(x - omega); }) -
                          omegas.begin());
}

class Fixed final : public Agent {
 public:
  explicit Fixed(int arm) : arm_(arm) {}
  int choose(const Round&) override { return arm_; }
  void learn(const Feedback&) override {}

 private:
  int arm_;
};

class PerInstance final : public Agent {
 public:
  explicit PerInstance(const RelaxationBandit& bandit) : bandit_(bandit) {}
  int choose(const Round& round) override {
    return nearest(bandit_.omegas(), bandit_.instance_omega(bandit_.shift_of_context(context_of(round))));
  }
  void learn(const Feedback&) override {}

 private:
  const RelaxationBandit& bandit_;
};

}  // namespace

std::unique_ptr<Agent> make_fixed_relaxation(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                             const Stream&) {
  FixedRelaxationOptions options;
  apply_settings("learner", options, settings);
  return std::make_unique<Fixed>(nearest(relaxation("relax-fixed", bandit).omegas(), options.omega));
}

std::unique_ptr<Agent> make_instance_relaxation(const Bandit& bandit, const World&,
                                                const std::vector<Setting>& settings, const Stream&) {
  require_none("relax-known", settings);
  return std::make_unique<PerInstance>(relaxation("relax-known", bandit));
}

}  // namespace bellwether::bandits
