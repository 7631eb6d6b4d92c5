// Arms whose gaps are the worst that the number of rounds allows: nobody does better than sqrt(K T), MOSS no worse.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/bandits/stochastic_claims.h"
#include "proofs_checks/bandits/stochastic_runs.h"
#include "proofs_checks/bounds/bandits_stochastic.h"

namespace bellwether::claims {
namespace {

using bandits::StationaryBandit;

constexpr const char* kPage = "docs/papers/stochastic-bandits.md";

std::vector<double> final_regrets(const StationaryBandit& bandit, const std::string& learner, std::int64_t rounds,
                                  std::int64_t runs, const Stream& stream) {
  std::vector<double> sample;
  for (const auto& run : pseudo_regrets(bandit, learner, {}, {rounds}, runs, stream)) sample.push_back(run[0]);
  return sample;
}

// --- MOSS ------------------------------------------------------------------------------------------------------------

/// Mean regret on ten unit normal arms of which one is better by a multiple of sqrt(K / T), as a share of the bound
/// where it is largest.
Measurement worst_share(const Effort& effort, const std::string& learner) {
  constexpr int kArms = 10;
  constexpr std::int64_t kRounds = 10'000;
  const double unit = std::sqrt(static_cast<double>(kArms) / kRounds);
  Measurement worst;
  // From 64 units on random play loses more than the bound.
  for (const double multiple : {1.0, 2.0, 4.0, 8.0, 16.0, 64.0}) {
    const StationaryBandit bandit = normal_arms(one_above(multiple * unit, 0, kArms - 1));
    const double bound = bounds::moss_regret(gaps_of(bandit), kRounds, 1);
    std::vector<double> sample = final_regrets(bandit, learner, kRounds, effort.pick(20, 400), effort.stream);
    for (double& x : sample) x /= bound;
    const Measurement here = mean_against(
        sample, 1, fmt::format("of the bound {:.0f}, largest at a gap of {} sqrt(K / T)", bound, multiple));
    if (!(here.measured <= worst.measured)) worst = here;
  }
  return worst;
}

Claim moss_claim() {
  return {.id = "moss-worst-gap",
          .family = "bandits",
          .statement = "Mean regret of MOSS is at most 39 sqrt(K T) + sum of D where gaps are multiples of sqrt(K / T)",
          .page = kPage,
          .theorem = "Lattimore and Szepesvari 2020, Theorem 9.1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return worst_share(effort, "moss"); },
          .controls = {{"random", "an arm at random in every round",
                        [](const Effort& effort) { return worst_share(effort, "uniform"); }}}};
}

// --- What nobody can avoid -------------------------------------------------------------------------------------------

/// The larger of two mean regrets: one arm better by D = sqrt((K - 1) / (4 T)), and besides it another one better by
/// 2 D. The theorem takes the arm that the learner plays least; here the second regret is the mean over all.
Measurement unavoidable(const Effort& effort, const std::string& learner) {
  constexpr int kArms = 5;
  constexpr std::int64_t kRounds = 2000;
  const double gap = std::sqrt((kArms - 1) / (4.0 * kRounds));
  const std::int64_t runs = effort.pick(60, 600);
  std::vector<double> means = one_above(gap, 0, kArms - 1), second;
  const std::vector<double> first = final_regrets(normal_arms(means), learner, kRounds, runs, effort.run(0));
  for (int better = 1; better < kArms; ++better) {
    std::vector<double> other = means;
    other[static_cast<std::size_t>(better)] = 2 * gap;
    const auto here = final_regrets(normal_arms(other), learner, kRounds, runs / (kArms - 1), effort.run(better));
    second.insert(second.end(), here.begin(), here.end());
  }
  const double bound = bounds::normal_lower(kArms, kRounds);
  const Measurement a = mean_against(first, bound, "mean regret of " + learner + ", one better arm");
  const Measurement b = mean_against(second, bound, "mean regret of " + learner + ", a second better arm");
  return a.measured > b.measured ? a : b;
}

Claim lower_claim() {
  return {.id = "normal-lower-bound",
          .family = "bandits",
          .statement = "On some unit normal arms every learner has regret sqrt((K - 1) T) / 27 at least",
          .page = kPage,
          .theorem = "Lattimore and Szepesvari 2020, Theorem 15.2",
          .kind = Kind::kAbove,
          .measure =
              [](const Effort& effort) {
                Measurement least = unavoidable(effort, "moss");
                for (const char* learner : {"ucb", "kl-ucb", "kl-ucb-pp", "imed", "thompson", "greedy"}) {
                  const Measurement here = unavoidable(effort, learner);
                  if (margin(Kind::kAbove, here) < margin(Kind::kAbove, least)) least = here;
                }
                return least;
              },
          .controls = {{"told", "plays the best arm, having been told the means",
                        [](const Effort& effort) { return unavoidable(effort, "optimal"); }}}};
}

}  // namespace

std::vector<Claim> worst_case_claims() { return {moss_claim(), lower_claim()}; }

}  // namespace bellwether::claims
