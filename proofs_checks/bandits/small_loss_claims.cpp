// The log barrier where losses are small: a bound that knows what was lost.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/trial.h"
#include "proofs_checks/bandits/adversarial_claims.h"
#include "proofs_checks/bandits/adversarial_runs.h"

namespace bellwether::claims {
namespace {

/// (R - eta sum of l^2) / (1 + K ln T / eta), which the theorem keeps below 1 on average, for the eta that is best for
/// the loss of the best arm; on the bandit where it is largest. Losses are 0 or 1.
Measurement small_loss_share(const Effort& effort, const std::string& learner) {
  constexpr std::int64_t kRounds = 10'000;
  constexpr double kArms = 5;
  Measurement worst;
  for (const double least : {0.1, 0.01, 0.001}) {
    const NamedArms on =
        named_arms(fmt::format("losses {} and .5", least), "piecewise-arms",
                   {{"means", fmt::format("{}/0.5/0.5/0.5/0.5", 1 - least)}, {"arms", "5"}, {"against", "fixed"}});
    const double log = kArms * std::log(kRounds), eta = std::min(0.5, std::sqrt(log / (least * kRounds)));
    std::vector<Setting> settings;
    if (learner != "uniform") settings.push_back({"eta", fmt::format("{}", eta)});
    std::vector<double> sample;
    for (std::int64_t run = 0; run < effort.pick(20, 200); ++run) {
      const Series series =
          play(*on.bandit, learner, settings, effort.run(run), {.length = kRounds, .checkpoints = {kRounds}});
      // What the best arm was to lose, and what the rewards that came lack of it.
      const double lost = least * static_cast<double>(kRounds) + series.value(0, 1);
      sample.push_back((series.value(0, 0) - eta * lost) / (1 + log / eta));
    }
    const Measurement here =
        mean_against(sample, 1, fmt::format("(R - eta L) / {:.0f}, {}, eta {:.3f}", 1 + log / eta, on.name, eta));
    if (!(here.measured <= worst.measured)) worst = here;
  }
  return worst;
}

}  // namespace

std::vector<Claim> small_loss_claims() {
  return {{.id = "log-barrier-small-loss",
           .family = "bandits",
           .statement = "Mean regret of the log barrier is at most 1 + K ln T / eta + eta E sum of l^2: small where "
                        "losses are",
           .page = "docs/papers/adversarial-bandits.md",
           .theorem = "Foster et al. 2016; Wei and Luo 2018",
           .kind = Kind::kBelow,
           .measure = [](const Effort& effort) { return small_loss_share(effort, "ftrl-log-barrier"); },
           .controls = {{"random", "an arm at random in every round",
                         [](const Effort& effort) { return small_loss_share(effort, "uniform"); }}}}};
}

}  // namespace bellwether::claims
