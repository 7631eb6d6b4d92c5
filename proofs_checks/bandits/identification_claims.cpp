// Naming the best arm: errors under their bounds, and no fewer rounds than any learner needs.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/information/proportions.h"
#include "proofs_checks/bandits/stochastic_claims.h"
#include "proofs_checks/bandits/stochastic_runs.h"
#include "proofs_checks/bounds/bandits_stochastic.h"

namespace bellwether::claims {
namespace {

using Settings = std::vector<Setting>;

constexpr const char* kPage = "docs/papers/best-arm-identification.md";
constexpr std::int64_t kMostRounds = 10'000'000;

// --- Fixed budget ----------------------------------------------------------------------------------------------------

struct BudgetTheorem {
  std::string learner, formula, theorem;
  std::int64_t rounds;  ///< at which the bound is a few percent
  double (*bound)(std::span<const double> gaps, double rounds);
};

/// Runs that name a wrong arm, against the bound for the rounds of the theorem.
Measurement budget_errors(const Effort& effort, const BudgetTheorem& theorem, std::int64_t rounds) {
  const auto bandit = coins({0.5, 0.2, 0.2, 0.2});
  const double bound = theorem.bound(gaps_of(bandit), static_cast<double>(theorem.rounds));
  const std::int64_t runs = effort.pick(500, 10'000);
  return never(names(bandit, theorem.learner, {}, rounds, runs, effort.stream).wrong, runs, bound,
               fmt::format("wrong arms; the bound on their share is {:.3f}", bound));
}

Claim budget_claim(const BudgetTheorem& theorem) {
  return {
      .id = theorem.learner + "-error",
      .family = "bandits",
      .statement = fmt::format("{} names a wrong arm with probability at most {}", theorem.learner, theorem.formula),
      .page = kPage,
      .theorem = theorem.theorem,
      .kind = Kind::kNever,
      .measure = [theorem](const Effort& effort) { return budget_errors(effort, theorem, theorem.rounds); },
      .controls = {{"hasty", "the same learner with ten rounds",
                    [theorem](const Effort& effort) { return budget_errors(effort, theorem, 10); }}}};
}

// --- Fixed confidence ------------------------------------------------------------------------------------------------

constexpr double kDelta = 0.1;

Measurement wrong_names(const Effort& effort, const std::string& learner, const Settings& settings,
                        std::int64_t most_rounds) {
  const std::int64_t runs = effort.pick(100, 2000);
  const auto found = names(coins({0.5, 0.35, 0.3}), learner, settings, most_rounds, runs, effort.stream);
  return never(found.wrong, runs, kDelta, "runs that named a wrong arm");
}

Claim correctness_claim(const std::string& learner, const Settings& settings, const std::string& theorem) {
  return {.id = learner + "-correctness",
          .family = "bandits",
          .statement = fmt::format("{} names the best arm with probability 1 - delta", learner),
          .page = kPage,
          .theorem = theorem,
          .kind = Kind::kNever,
          .measure = [learner,
                      settings](const Effort& effort) { return wrong_names(effort, learner, settings, kMostRounds); },
          .controls = {{"twelve-rounds", "names the best mean after four pulls of each arm",
                        [](const Effort& effort) { return wrong_names(effort, "uniform-budget", {}, 12); }}}};
}

/// Mean rounds as a multiple of T* kl(delta, 1 - delta).
Measurement rounds_taken(const Effort& effort, const std::string& learner, const Settings& settings,
                         std::int64_t most_rounds) {
  const std::vector<double> means = {0.6, 0.4, 0.3, 0.3};
  const double least = bounds::identification_rounds(bandits::optimal_proportions(means, {}).time, kDelta);
  std::vector<double> multiples =
      names(coins(means), learner, settings, most_rounds, effort.pick(200, 2000), effort.stream).rounds;
  for (double& x : multiples) x /= least;
  return mean_against(multiples, 1, fmt::format("times {:.0f} rounds", least));
}

Claim rounds_claim(const std::string& learner) {
  return {.id = learner + "-rounds",
          .family = "bandits",
          .statement = fmt::format("{} takes T* kl(delta, 1 - delta) rounds on average at least, as all must", learner),
          .page = kPage,
          .theorem = "Garivier and Kaufmann 2016, Theorem 1",
          .kind = Kind::kAbove,
          .measure =
              [learner](const Effort& effort) {
                return rounds_taken(effort, learner, {{"delta", "0.1"}}, kMostRounds);
              },
          .controls = {{"incorrect", "a learner that errs more often, after 40 rounds",
                        [](const Effort& effort) { return rounds_taken(effort, "uniform-budget", {}, 40); }}}};
}

}  // namespace

std::vector<Claim> identification_claims() {
  std::vector<Claim> table = {
      budget_claim({"successive-rejects", "K (K - 1) / 2 exp(-(n - K) / (l H2))",
                    "Audibert, Bubeck and Munos 2010, Theorem 2", 340, bounds::successive_rejects_error}),
      budget_claim({"sequential-halving", "3 log2 K exp(-n / (8 H2 log2 K))",
                    "Karnin, Koren and Somekh 2013, Theorem 4.1", 3000, bounds::sequential_halving_error})};
  const Settings careful = {{"delta", "0.1"}}, proven = {{"delta", "0.1"}, {"threshold", "proven"}};
  table.push_back(correctness_claim("lucb", careful, "Kalyanakrishnan et al. 2012, Theorem 1"));
  table.push_back(correctness_claim("kl-lucb", careful, "Kaufmann and Kalyanakrishnan 2013, Theorem 1"));
  table.push_back(correctness_claim("kl-racing", careful, "Kaufmann and Kalyanakrishnan 2013, Theorem 1"));
  table.push_back(correctness_claim("track-and-stop", proven, "Garivier and Kaufmann 2016, Proposition 12"));
  table.push_back(correctness_claim("top-two", proven, "Garivier and Kaufmann 2016, Proposition 12"));
  table.push_back(rounds_claim("track-and-stop"));
  table.push_back(rounds_claim("top-two"));
  return table;
}

}  // namespace bellwether::claims
