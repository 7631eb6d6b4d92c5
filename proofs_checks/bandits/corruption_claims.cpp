// First rewards that are shown wrong: what they cost whom.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/statistics.h"
#include "proofs_checks/bandits/adversarial_claims.h"
#include "proofs_checks/bandits/adversarial_runs.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/adversarial-bandits.md";
constexpr std::int64_t kRounds = 100'000;

/// Regret by true means when so many rounds are corrupted.
std::vector<double> regrets(const Effort& effort, const std::string& learner, std::int64_t corrupted,
                            std::int64_t runs) {
  const NamedArms on = named_arms("corrupted", "corrupted-arms", {{"rounds", std::to_string(corrupted)}});
  return bandit_regrets(*on.bandit, learner, {}, kRounds, runs, effort.stream);
}

/// By how much the mean regret of a learner exceeds 1.2 times that of Tsallis-INF after 300 corrupted rounds. Runs of
/// Tsallis-INF differ a lot: few are fooled for long, and a larger factor is not decided by 300 of them.
Measurement excess(const Effort& effort, const std::string& learner) {
  constexpr double kTimes = 1.2;
  const std::int64_t runs = effort.pick(60, 300);
  std::vector<double> sample = regrets(effort, learner, 300, runs);
  const std::vector<double> own = regrets(effort, "tsallis-inf", 300, runs);
  const double ratio = mean(sample) / mean(own);
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] -= kTimes * own[i];
  return mean_against(sample, 0,
                      fmt::format("regret of {} minus {} times that of Tsallis-INF, which is {:.0f}: {:.2f} times",
                                  learner, kTimes, mean(own), ratio));
}

Claim excess_claim() {
  return {.id = "ucb1-fails-corrupted",
          .family = "bandits",
          .statement = "300 corrupted rounds cost UCB1 1.2 times the regret of Tsallis-INF after 100,000 rounds",
          .page = kPage,
          .theorem = "Zimmert and Seldin 2021, Theorem 2 (which leaves UCB1 out)",
          .kind = Kind::kAbove,
          .tier = Tier::kFull,
          .measure = [](const Effort& effort) { return excess(effort, "ucb1"); },
          .controls = {{"itself", "Tsallis-INF in the place of UCB1",
                        [](const Effort& effort) { return excess(effort, "tsallis-inf"); }}}};
}

/// The share of runs in which the regret of a learner is 1.7 times that of Tsallis-INF on the same rewards.
Measurement mostly_worse(const Effort& effort, const std::string& learner, const std::vector<Setting>& settings) {
  const std::int64_t runs = effort.pick(60, 300);
  const NamedArms on = named_arms("corrupted", "corrupted-arms", {{"rounds", "300"}});
  std::vector<double> sample = bandit_regrets(*on.bandit, learner, settings, kRounds, runs, effort.stream);
  const std::vector<double> own = regrets(effort, "tsallis-inf", 300, runs);
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = sample[i] > 1.7 * own[i] ? 1 : 0;
  return mean_against(sample, 0.7, "of the runs with 1.7 times the regret of Tsallis-INF");
}

Claim mostly_claim() {
  return {
      .id = "ucb1-mostly-fails-corrupted",
      .family = "bandits",
      .statement = "With 300 corrupted rounds UCB1 has 1.7 times the regret of Tsallis-INF in over 70 % of runs",
      .page = kPage,
      .theorem = "Zimmert and Seldin 2021, Theorem 2 (which leaves UCB1 out; the numbers are an observation)",
      .kind = Kind::kAbove,
      .tier = Tier::kFull,
      .measure = [](const Effort& effort) { return mostly_worse(effort, "ucb1", {}); },
      .controls = {{"weighted", "Tsallis-INF with importance weights in the place of UCB1", [](const Effort& effort) {
                      return mostly_worse(effort, "tsallis-inf", {{"estimator", "iw"}});
                    }}}};
}

/// Of all learners and of 0 to 300 and 300 to 2000 corrupted rounds the least rise of regret over a tenth of itself.
Measurement rise(const Effort& effort, const std::vector<std::string>& learners) {
  const std::int64_t runs = effort.pick(60, 300);
  Measurement least{.measured = std::numeric_limits<double>::infinity(), .bound = 0};
  for (const std::string& learner : learners) {
    std::vector<double> before = regrets(effort, learner, 0, runs);
    for (const std::int64_t corrupted : {300, 2000}) {
      std::vector<double> now = regrets(effort, learner, corrupted, runs), sample = now;
      for (std::size_t i = 0; i < sample.size(); ++i) sample[i] -= 1.1 * before[i];
      const Measurement here =
          mean_against(sample, 0,
                       fmt::format("least rise over a tenth: {} with {} corrupted rounds, from {:.0f} to {:.0f}",
                                   learner, corrupted, mean(before), mean(now)));
      if (margin(Kind::kAbove, here) < margin(Kind::kAbove, least)) least = here;
      before = std::move(now);
    }
  }
  return least;
}

Claim rise_claim() {
  return {.id = "corruption-costs",
          .family = "bandits",
          .statement =
              "Regret of UCB1, Exp3 and Tsallis-INF rises with the number of corrupted rounds, by over a tenth "
              "from 0 to 300 and from 300 to 2000",
          .page = kPage,
          .theorem = "Lykouris, Mirrokni and Paes Leme 2018 (an observation, not a theorem)",
          .kind = Kind::kAbove,
          .tier = Tier::kFull,
          .measure =
              [](const Effort& effort) {
                return rise(effort, {"ucb1", "exp3", "tsallis-inf"});
              },
          .controls = {{"deaf", "a learner that does not look at rewards",
                        [](const Effort& effort) { return rise(effort, {"uniform"}); }}}};
}

}  // namespace

std::vector<Claim> corruption_claims() { return {excess_claim(), mostly_claim(), rise_claim()}; }

}  // namespace bellwether::claims
