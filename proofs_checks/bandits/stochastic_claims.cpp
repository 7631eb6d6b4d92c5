// Regret on arms with independent rewards: finite-time bounds with their constants.
#include "proofs_checks/bandits/stochastic_claims.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "bandits/information/complexity.h"
#include "bandits/run.h"
#include "bandits/stochastic/elimination.h"
#include "bandits/stochastic/exploration.h"
#include "core/statistics.h"
#include "proofs_checks/bandits/stochastic_runs.h"
#include "proofs_checks/bounds/bandits_stochastic.h"

namespace bellwether::claims {
namespace {

using Settings = std::vector<Setting>;
using bandits::StationaryBandit;

constexpr const char* kPage = "docs/papers/stochastic-bandits.md";
constexpr std::int64_t kRounds = 10'000;

/// A bound on mean regret, and bandits on the last of which playing at random exceeds it.
struct RegretBound {
  std::string id, learner, formula, theorem;
  std::vector<StationaryBandit> on;
  double (*bound)(const std::vector<double>& gaps);
};

std::vector<RegretBound> regret_bounds() {
  const std::vector<StationaryBandit> unit = {coins({0.9, 0.8}),
                                              coins({0.1, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01}),
                                              coins(one_above(0.5, 0.4, 9)), coins({0.9, 0.1})};
  const std::vector<StationaryBandit> normal = {normal_arms({0.5, 0}), normal_arms(one_above(1, 0.5, 4)),
                                                normal_arms({2, 0})};
  return {{"ucb1-bandit-regret", "ucb1", "sum of 8 ln T / D + (1 + pi^2 / 3) sum of D",
           "Auer, Cesa-Bianchi and Fischer 2002, Theorem 1", unit,
           [](const std::vector<double>& gaps) { return bounds::ucb1_regret(gaps, kRounds); }},
          {"ucb-regret", "ucb", "sum of D (1 + 5 / e^2 + 2 (ln f + sqrt(pi ln f) + 1) / (D - e)^2), the best e",
           "Lattimore and Szepesvari 2020, Theorem 8.1", normal,
           [](const std::vector<double>& gaps) { return bounds::ucb_regret(gaps, kRounds, 1); }},
          {"ucb-delta-regret", "ucb-delta", "sum of (16 ln T / D + 3 D)", "Lattimore and Szepesvari 2020, Theorem 7.1",
           normal, [](const std::vector<double>& gaps) { return bounds::ucb_delta_regret(gaps, kRounds, 1); }},
          {"ucb-delta-worst-regret", "ucb-delta", "8 sqrt(T K ln T) + 3 sum of D",
           "Lattimore and Szepesvari 2020, Theorem 7.2", normal,
           [](const std::vector<double>& gaps) { return bounds::ucb_delta_worst_regret(gaps, kRounds, 1); }},
          {"moss-regret", "moss", "39 sigma sqrt(K T) + sum of D, rewards in [0, 1]",
           "Lattimore and Szepesvari 2020, Theorem 9.1", unit,
           [](const std::vector<double>& gaps) { return bounds::moss_regret(gaps, kRounds, 0.5); }},
          {"moss-normal-regret", "moss", "39 sqrt(K T) + sum of D, unit normal rewards",
           "Lattimore and Szepesvari 2020, Theorem 9.1", normal,
           [](const std::vector<double>& gaps) { return bounds::moss_regret(gaps, kRounds, 1); }}};
}

/// Mean regret as a share of the bound, where it comes closest.
Measurement share_of_bound(const Effort& effort, const RegretBound& theorem, const std::string& learner) {
  Measurement worst;
  for (std::size_t i = 0; i < theorem.on.size(); ++i) {
    const double bound = theorem.bound(gaps_of(theorem.on[i]));
    std::vector<double> share;
    for (const auto& run :
         pseudo_regrets(theorem.on[i], learner, {}, {kRounds}, effort.pick(20, 400), effort.run(static_cast<int>(i))))
      share.push_back(run[0] / bound);
    const Measurement here = mean_against(share, 1, fmt::format("of the bound {:.0f} on bandit {}", bound, i));
    if (!(here.measured <= worst.measured)) worst = here;
  }
  return worst;
}

Claim regret_claim(const RegretBound& theorem) {
  // On the last bandit of each list random play loses T D / 2, which is more than the bound.
  return {.id = theorem.id,
          .family = "bandits",
          .statement = fmt::format("Mean regret of {} is at most {}", theorem.learner, theorem.formula),
          .page = kPage,
          .theorem = theorem.theorem,
          .kind = Kind::kBelow,
          .measure = [theorem](const Effort& effort) { return share_of_bound(effort, theorem, theorem.learner); },
          .controls = {{"random", "an arm at random in every round",
                        [theorem](const Effort& effort) { return share_of_bound(effort, theorem, "uniform"); }}}};
}

// --- Exploring first -------------------------------------------------------------------------------------------------

/// The largest distance between measured and predicted mean regret over five m, in standard errors.
Measurement commit_distance(const Effort& effort, double (*predicted)(double pulls, double rounds, double gap)) {
  constexpr double kGap = 0.5;
  constexpr std::int64_t kLength = 1000;
  const StationaryBandit bandit = normal_arms({kGap, 0});
  double farthest = 0;
  const std::int64_t runs = effort.pick(2000, 20'000);
  for (const int pulls : {5, 10, 20, 30, 38}) {
    std::vector<double> sample;
    for (const auto& run : pseudo_regrets(bandit, "explore-then-commit", {{"pulls", std::to_string(pulls)}}, {kLength},
                                          runs, effort.run(pulls)))
      sample.push_back(run[0]);
    farthest = std::max(farthest, std::abs(mean(sample) - predicted(pulls, kLength, kGap)) / standard_error(sample));
  }
  // Of five means one lies 4 errors off once in 3000 times.
  return {.measured = farthest, .bound = 4, .replicates = runs, .detail = "standard errors, the farthest of five m"};
}

Claim commit_claim() {
  return {
      .id = "explore-then-commit-regret",
      .family = "bandits",
      .statement =
          "Mean regret of explore-then-commit on two unit normal arms is m D + (T - 2 m) D Phi(-D sqrt(m / 2))",
      .page = kPage,
      .theorem = "Lattimore and Szepesvari 2020, chapter 6",
      .kind = Kind::kEqual,
      .measure = [](const Effort& effort) { return commit_distance(effort, bounds::commit_regret); },
      .controls = {{"one-noise", "the variance of one mean in place of that of a difference", [](const Effort& effort) {
                      return commit_distance(effort, [](double pulls, double rounds, double gap) {
                        const double exact = bounds::commit_regret(2 * pulls, rounds + 2 * pulls, gap);
                        return exact - pulls * gap;  // Phi(-D sqrt(m)) with m D before it
                      });
                    }}}};
}

/// What the learner's m loses on average on two unit normal arms (a runs' mean would need many of them, since few runs
/// commit wrongly and those lose all), as a share of the theorem's bound, the largest of many gaps and lengths.
Measurement commit_share(std::int64_t pulls) {
  Measurement worst{.measured = 0, .bound = 1, .replicates = 0};
  for (const double rounds : {1e2, 1e3, 1e4, 1e6}) {
    for (int step = 0; step <= 60; ++step) {
      const double gap = 0.01 * std::pow(10.0, step / 25.0);  // from 0.01 to 2.5
      const bandits::World world = normal_arms({gap, 0}).world(static_cast<std::int64_t>(rounds));
      // The last round may come before the end of exploring.
      const double m = std::min(
          static_cast<double>(bandits::pulls_before_commitment(world, {.pulls = pulls, .gap = gap})), rounds / 2);
      const double share = bounds::commit_regret(m, rounds, gap) / bounds::commit_bound(rounds, gap);
      ++worst.replicates;
      if (share <= worst.measured) continue;
      worst.measured = share;
      worst.detail = fmt::format("of the bound at a gap of {:.3g}, T = {}, m = {}, exactly", gap, rounds, m);
    }
  }
  return worst;
}

Claim commit_bound_claim() {
  return {.id = "explore-then-commit-bound",
          .family = "bandits",
          .statement =
              "Explore-then-commit that is told the gap D has mean regret D + (4 / D) (1 + ln+(T D^2 / 4)) at "
              "most",
          .page = kPage,
          .theorem = "Lattimore and Szepesvari 2020, Theorem 6.1 and (6.6)",
          .kind = Kind::kBelow,
          .measure = [](const Effort&) { return commit_share(0); },
          .controls = {{"one-pull", "commits after one pull of each", [](const Effort&) { return commit_share(1); }}}};
}

// --- Exploring ever less ---------------------------------------------------------------------------------------------

/// Mean regret of eps_t-greedy as a share of the bound for c = 6 and this d, where it comes closest.
Measurement greedy_share(const Effort& effort, const std::string& schedule, double d) {
  Measurement worst;
  for (const StationaryBandit& bandit : {coins({0.9, 0.4}), coins(one_above(0.8, 0.3, 4))}) {
    const double bound = bounds::epsilon_greedy_regret(gaps_of(bandit), 6, d, kRounds);
    const Settings settings = {{"c", "6"}, {"gap", fmt::format("{}", d)}, {"schedule", schedule}};
    std::vector<double> sample;
    for (const auto& run :
         pseudo_regrets(bandit, "epsilon-greedy", settings, {kRounds}, effort.pick(30, 400), effort.stream))
      sample.push_back(run[0] / bound);
    const Measurement here = mean_against(sample, 1, fmt::format("of the bound {:.0f}", bound));
    if (!(here.measured <= worst.measured)) worst = here;
  }
  return worst;
}

Claim greedy_claim() {
  return {.id = "epsilon-greedy-regret",
          .family = "bandits",
          .statement =
              "eps_t-greedy, c = 6, d the gap: mean regret is the sum of D P(n) at most, P(n) = c / (d^2 n) + "
              "o(1 / n) of the theorem",
          .page = kPage,
          .theorem = "Auer, Cesa-Bianchi and Fischer 2002, Theorem 3",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return greedy_share(effort, "decreasing", 0.5); },
          .controls = {{"constant", "a tenth of the rounds at random for ever",
                        [](const Effort& effort) { return greedy_share(effort, "constant", 0.5); }}}};
}

// --- Elimination -----------------------------------------------------------------------------------------------------

Measurement best_arm_dropped(const Effort& effort, double factor) {
  constexpr double kDelta = 0.05;
  const StationaryBandit bandit = coins({0.6, 0.5, 0.5, 0.3});
  const std::int64_t runs = effort.pick(300, 3000);
  std::int64_t dropped = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    bandits::SuccessiveElimination agent(4, 0.5, kDelta, factor);
    run_rounds(bandit, agent, effort.run(run), {.length = 10'000, .checkpoints = {10'000}});
    dropped += agent.active().front() == 0 ? 0 : 1;
  }
  return never(dropped, runs, kDelta, "runs in which the best arm was dropped");
}

Claim elimination_claim() {
  return {.id = "successive-elimination-keeps-the-best",
          .family = "bandits",
          .statement = "Successive elimination never drops the best arm, with probability 1 - delta",
          .page = kPage,
          .theorem = "Even-Dar, Mannor and Mansour 2006",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return best_arm_dropped(effort, 1); },
          .controls = {{"quarter-width", "widths a quarter as long",
                        [](const Effort& effort) { return best_arm_dropped(effort, 0.25); }}}};
}

}  // namespace

std::vector<Claim> bandit_regret_claims() {
  std::vector<Claim> table;
  for (const RegretBound& theorem : regret_bounds()) table.push_back(regret_claim(theorem));
  table.push_back(commit_claim());
  table.push_back(commit_bound_claim());
  table.push_back(greedy_claim());
  table.push_back(elimination_claim());
  return table;
}

std::vector<Claim> stochastic_bandit_claims() {
  std::vector<Claim> table;
  for (auto& part : {bandit_regret_claims(), bandit_growth_claims(), worst_case_claims(), identification_claims(),
                     identification_time_claims(), private_bandit_claims(), bandit_law_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
