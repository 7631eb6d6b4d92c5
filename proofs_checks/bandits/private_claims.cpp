// Naming the best arm in private: what can be told of one reward, and how often the answer is wrong.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/identification/private_identification.h"
#include "proofs_checks/bandits/stochastic_claims.h"
#include "proofs_checks/bandits/stochastic_runs.h"
#include "proofs_checks/bounds/bandits_stochastic.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/dp-bai.md";

/// How often arm 0 is named when two arms bring these rewards, one pull each.
double share_named(double first, double second, double privacy, std::int64_t runs, const Stream& stream) {
  std::int64_t named = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    bandits::DpBai agent({.arms = 2, .rounds = 2, .noise = bandits::Noise::kBernoulli},
                         {.privacy = privacy, .plan = "uniform"}, stream.child(static_cast<std::uint64_t>(run)));
    while (!agent.finished()) {
      const int arm = agent.choose({.number = 1, .arms = 2});
      agent.learn({.round = 1, .arm = arm, .reward = arm == 0 ? first : second});
    }
    named += agent.answer() == 0 ? 1 : 0;
  }
  return static_cast<double>(named) / static_cast<double>(runs);
}

/// The largest logarithm of a ratio of probabilities of an answer on two tables that differ in one reward.
Measurement privacy_loss(const Effort& effort, double privacy) {
  const std::int64_t runs = effort.pick(20'000, 400'000);
  double largest = 0, error = 0;
  const double rewards[2] = {0, 1};
  for (const double fixed : rewards) {
    const double low = share_named(0, fixed, privacy, runs, effort.run(0));
    const double high = share_named(1, fixed, privacy, runs, effort.run(1));
    for (const bool named : {true, false}) {
      const double p = named ? low : 1 - low, q = named ? high : 1 - high;
      const double loss = std::abs(std::log(p / q));
      if (loss <= largest) continue;
      largest = loss;
      error = std::sqrt(((1 - p) / p + (1 - q) / q) / static_cast<double>(runs));
    }
  }
  constexpr double kQuantile = 3.3;  // of the normal law at kConfidence, both sides
  return {.measured = largest,
          .bound = 1,
          .uncertainty = kQuantile * error,
          .replicates = runs,
          .detail = "ln of a ratio of probabilities of an answer, eps = 1"};
}

Claim privacy_claim() {
  return {.id = "dp-bai-privacy",
          .family = "bandits",
          .statement = "One reward changes the probability of what DP-BAI names by a factor of e^eps at most",
          .page = kPage,
          .theorem = "Chen, Karthik, Chee and Tan 2024, Proposition 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return privacy_loss(effort, 1); },
          .controls = {{"quarter-noise", "noise a quarter as large",
                        [](const Effort& effort) { return privacy_loss(effort, 4); }}}};
}

/// Wrong arms of eight coins, against the explicit bound at eps = 0.05.
Measurement private_errors(const Effort& effort, double privacy) {
  constexpr std::int64_t kRounds = 100'000;
  constexpr double kPrivacy = 0.05;
  const auto bandit = coins(one_above(0.9, 0.8, 7));
  const bandits::DpBaiPlan plan = bandits::dp_bai_plan(8, 8, kRounds);
  std::vector<double> pulls;
  for (int p = 0; p < plan.phases(); ++p)
    pulls.push_back(std::ceil(static_cast<double>(plan.budget) /
                              (plan.phases() * static_cast<double>(plan.sizes[static_cast<std::size_t>(p)]))));
  const double bound = bounds::private_halving_error(gaps_of(bandit), plan.sizes, pulls, kPrivacy);
  const std::int64_t runs = effort.pick(100, 2000);
  const auto found = names(bandit, "dp-bai", {{"privacy", std::to_string(privacy)}}, kRounds, runs, effort.stream);
  return never(found.wrong, runs, bound, fmt::format("wrong arms; the bound on their share is {:.3f}", bound));
}

Claim error_claim() {
  return {.id = "dp-bai-error",
          .family = "bandits",
          .statement = "Private halving names a wrong arm with probability at most the sum over phases of 3 q",
          .page = kPage,
          .theorem = "derived on the page, from Chen, Karthik, Chee and Tan 2024",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return private_errors(effort, 0.05); },
          .controls = {{"more-noise", "noise fifty times as large",
                        [](const Effort& effort) { return private_errors(effort, 0.001); }}}};
}

/// -ln(error) (H_BAI + H_pri) log2 K / T, for a number of privacies and budgets, the one farthest from the middle.
Measurement exponent(const Effort& effort, bool with_private_term) {
  constexpr double kArms = 8, kGap = 0.1, kLowest = 1, kHighest = 12;
  struct Entry {
    double privacy;
    std::int64_t rounds;
  };
  Measurement worst{.measured = std::sqrt(kLowest * kHighest), .bound = kHighest, .lowest = kLowest};
  worst.replicates = effort.pick(400, 20'000);
  for (const Entry& at : {Entry{1e9, 500}, Entry{1, 1000}, Entry{0.2, 1000}, Entry{0.05, 4000}, Entry{0.02, 10'000}}) {
    const auto found = names(coins(one_above(0.9, 0.8, 7)), "dp-bai", {{"privacy", fmt::format("{}", at.privacy)}},
                             at.rounds, worst.replicates, effort.stream);
    const double error = static_cast<double>(found.wrong) / static_cast<double>(worst.replicates);
    const double hardness = kArms / (kGap * kGap) + (with_private_term ? kArms / kGap / at.privacy : 0);
    const double ratio = -std::log(error) * hardness * std::log2(kArms) / static_cast<double>(at.rounds);
    if (std::abs(std::log(ratio / std::sqrt(kLowest * kHighest))) <
        std::abs(std::log(worst.measured / std::sqrt(kLowest * kHighest))))
      continue;
    worst.measured = ratio;
    worst.detail = fmt::format("at eps = {}, T = {}, error {:.3f}", at.privacy, at.rounds, error);
  }
  return worst;
}

Claim exponent_claim() {
  return {
      .id = "dp-bai-exponent",
      .family = "bandits",
      .statement = "-ln P(error) of private halving is T / ((H_BAI + H_pri) log2 K) up to a factor, at every eps",
      .page = kPage,
      .theorem = "Chen, Karthik, Chee and Tan 2024, Theorems 1 and 2",
      .kind = Kind::kRate,
      .measure = [](const Effort& effort) { return exponent(effort, true); },
      .controls = {{"no-private-term", "H_BAI alone", [](const Effort& effort) { return exponent(effort, false); }}}};
}

}  // namespace

std::vector<Claim> private_bandit_claims() { return {privacy_claim(), error_claim(), exponent_claim()}; }

}  // namespace bellwether::claims
