#include "proofs_checks/bandits/adversarial_runs.h"

#include "bandits/arms/family.h"
#include "bandits/trial.h"

namespace bellwether::claims {

NamedArms named_arms(std::string name, const std::string& family, const std::vector<Setting>& settings) {
  return {std::move(name), bandits::find_family(family)->make(settings).bandit};
}

std::vector<NamedArms> adversarial_arms() {
  const auto still = [](const std::string& means) {
    return std::vector<Setting>{{"means", means}, {"arms", "5"}, {"against", "fixed"}};
  };
  return {named_arms("close", "piecewise-arms", still("0.6/0.5/0.5/0.5/0.5")),
          named_arms("apart", "piecewise-arms", still("0.9/0.5/0.5/0.5/0.5")),
          named_arms("constrained", "constrained-adversary", {{"against", "fixed"}}),
          named_arms("sine", "drifting-arms", {{"arms", "5"}, {"against", "fixed"}})};
}

std::vector<double> bandit_regrets(const bandits::Bandit& bandit, const std::string& learner,
                                   const std::vector<Setting>& settings, std::int64_t rounds, std::int64_t runs,
                                   const Stream& stream, Regret regret) {
  std::vector<double> sample;
  for (std::int64_t run = 0; run < runs; ++run) {
    const Stream own = stream.child(static_cast<std::uint64_t>(run));
    const Series series = play(bandit, learner, settings, own, {.length = rounds, .checkpoints = {rounds}});
    sample.push_back(series.value(0, static_cast<std::size_t>(regret)));
  }
  return sample;
}

}  // namespace bellwether::claims
