// Widths for laws that are neither bounded nor normal: counts, waiting times, heavy tails.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/information/divergence.h"
#include "bandits/stochastic/robust.h"
#include "core/sampling.h"
#include "proofs_checks/bandits/stochastic_claims.h"
#include "proofs_checks/bandits/stochastic_runs.h"
#include "proofs_checks/bounds/bandits_stochastic.h"

namespace bellwether::claims {
namespace {

using bandits::Law;
using bandits::LawFamily;

constexpr const char* kPage = "docs/papers/stochastic-bandits.md";

// --- One-parameter families ------------------------------------------------------------------------------------------

/// Samples whose interval {q : n d(m, q) <= x} lies on one side of the mean they were drawn with: of the side on which
/// it does so more often.
Measurement interval_beside(const Effort& effort, const Law& law, LawFamily::Kind divergence) {
  constexpr double kLevel = 7;
  const LawFamily d{.kind = divergence, .sigma = std::sqrt(law.variance())};
  const std::int64_t runs = effort.pick(10'000, 100'000);
  std::int64_t below = 0, above = 0;
  for (const int count : {1, 3, 10, 50}) {
    Stream stream = effort.run(count);
    for (std::int64_t run = 0; run < runs; ++run) {
      double sum = 0;
      for (int i = 0; i < count; ++i) sum += law.sample(stream);
      below += d.upper(sum / count, kLevel / count) < law.mean ? 1 : 0;
      above += d.lower(sum / count, kLevel / count) > law.mean ? 1 : 0;
    }
  }
  return never(std::max(below, above), 4 * runs, std::exp(-kLevel),
               "samples of 1, 3, 10 and 50 whose interval lies on the worse side of the mean");
}

Claim interval_claim(const Law& law, LawFamily::Kind divergence) {
  const std::string name(to_string(law.family));
  return {.id = name + "-interval",
          .family = "bandits",
          .statement = fmt::format(
              "{{q : n d(m, q) <= x}} of {} rewards lies above their mean with probability e^-x at most, and below it",
              name),
          .page = kPage,
          .theorem = "Chernoff's bound; Garivier and Cappe 2011",
          .kind = Kind::kNever,
          .measure = [=](const Effort& effort) { return interval_beside(effort, law, divergence); },
          .controls = {{"normal", "d of a normal law with the same variance", [=](const Effort& effort) {
                          return interval_beside(effort, law, LawFamily::Kind::kGaussian);
                        }}}};
}

// --- Heavy tails -----------------------------------------------------------------------------------------------------

/// A reward of which a moment of order 1 + epsilon is known.
struct Heavy {
  std::string name;
  double epsilon, moment, mean;
  double (*draw)(Stream&);
};

constexpr int kCount = 100;
constexpr double kHeavyLevel = 7;

/// Rewards of 1 so rarely that one in 100 is an event: the empirical mean is off by 1 / 100 then, which is more than
/// the width.
constexpr double kRare = 1 / (15.0 * kHeavyLevel * kCount);

std::vector<Heavy> heavy_rewards() {
  const Law pareto{.family = Law::Family::kPareto, .mean = 1, .degrees = 1.5};
  return {{"a rare 1", 1, kRare, kRare, [](Stream& stream) { return sample_bernoulli(stream, kRare) ? 1.0 : 0.0; }},
          {"Pareto, exponent 1.5", 0.25, pareto.moment(1.25), 1, [](Stream& stream) {
             return Law{.family = Law::Family::kPareto, .mean = 1, .degrees = 1.5}.sample(stream);
           }}};
}

/// Of all kinds of rewards: samples whose mean, truncated or not, is off by more than the width of the truncated one.
Measurement outside_width(const Effort& effort, bool truncates) {
  const std::int64_t runs = effort.pick(10'000, 100'000);
  std::int64_t violated = 0, trials = 0;
  for (const Heavy& reward : heavy_rewards()) {
    std::int64_t here = 0;
    Stream stream = effort.stream.child(reward.name);
    for (std::int64_t run = 0; run < runs; ++run) {
      bandits::TruncatedMean estimate(reward.epsilon, reward.moment);
      double sum = 0;
      for (int i = 0; i < kCount; ++i) {
        const double x = reward.draw(stream);
        sum += x;
        estimate.add(x);
      }
      const double mean = truncates ? estimate.mean(kHeavyLevel) : sum / kCount;
      here += std::abs(mean - reward.mean) > estimate.width(kHeavyLevel) ? 1 : 0;
    }
    violated = std::max(violated, here);
    trials = runs;
  }
  return never(violated, trials, 2 * std::exp(-kHeavyLevel),
               fmt::format("means of {} rewards that are off by more than the width, of the worse law", kCount));
}

Claim width_claim() {
  return {.id = "truncated-mean-width",
          .family = "bandits",
          .statement = "A truncated mean is off by more than its width with probability 2 e^-level at most",
          .page = kPage,
          .theorem = "after Bubeck, Cesa-Bianchi and Lugosi 2013, Lemma 1; constants derived on the page",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return outside_width(effort, true); },
          .controls = {{"plain-mean", "the mean of all rewards, with the same width",
                        [](const Effort& effort) { return outside_width(effort, false); }}}};
}

Measurement robust_share(const Effort& effort, const std::string& learner) {
  constexpr std::int64_t kRounds = 30'000;
  // Student, three degrees of freedom: E X^2 = 3 + mean^2.
  std::vector<Law> laws = {{.family = Law::Family::kStudent, .mean = 2}, {.family = Law::Family::kStudent, .mean = -2}};
  const bandits::StationaryBandit bandit(laws);
  const double bound = bounds::robust_ucb_regret(gaps_of(bandit), kRounds, 1, 7);
  std::vector<double> share;
  for (const auto& run : pseudo_regrets(bandit, learner, {}, {kRounds}, effort.pick(10, 100), effort.stream))
    share.push_back(run[0] / bound);
  return mean_against(share, 1, fmt::format("of the bound {:.0f}", bound));
}

Claim robust_claim() {
  return {.id = "robust-ucb-regret",
          .family = "bandits",
          .statement =
              "Mean regret of robust-ucb is at most sum of D (1 + pi^2 / 3 + 3 ln T (2 C / D)^((1 + eps) / eps) "
              "u^(1 / eps))",
          .page = kPage,
          .theorem = "after Bubeck, Cesa-Bianchi and Lugosi 2013, Proposition 1; constants derived on the page",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return robust_share(effort, "robust-ucb"); },
          .controls = {{"random", "an arm at random in every round",
                        [](const Effort& effort) { return robust_share(effort, "uniform"); }}}};
}

}  // namespace

std::vector<Claim> bandit_law_claims() {
  // Few counts, so that their law is far from normal.
  return {interval_claim({.family = Law::Family::kPoisson, .mean = 0.1}, LawFamily::Kind::kPoisson),
          interval_claim({.family = Law::Family::kExponential, .mean = 2}, LawFamily::Kind::kExponential),
          width_claim(), robust_claim()};
}

}  // namespace bellwether::claims
