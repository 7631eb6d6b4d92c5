// Bandits with a structure over time: exposure, recovery, hidden dynamics, relaxation parameters.
#include "proofs_checks/bandits/structured_claims.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/dynamical.h"
#include "bandits/arms/family.h"
#include "bandits/arms/recovering.h"
#include "bandits/arms/relaxation.h"
#include "bandits/arms/tallying.h"
#include "bandits/dynamical/dynlin_ucb.h"
#include "bandits/recovering/plan/exact.h"
#include "bandits/recovering/plan/periodic.h"
#include "bandits/run.h"
#include "bandits/tallying/repeated_exposure.h"
#include "bandits/trial.h"
#include "core/rate_fit.h"
#include "proofs_checks/bounds/bandits_adversarial.h"
#include "proofs_checks/bounds/bandits_structured.h"

namespace bellwether::claims {
namespace {

using namespace bandits;
using bandits::find_family;

constexpr const char* kTallying = "docs/papers/weighted-tallying-bandits.md";
constexpr const char* kRecovering = "docs/papers/recovering-rewards.md";
constexpr const char* kDynLin = "docs/papers/dynlin-ucb.md";
constexpr const char* kRelax = "docs/papers/learning-to-relax.md";

/// A claim of this family with one control.
Claim claim(std::string id, std::string statement, const char* page, std::string theorem, Kind kind, Tier tier,
            Measure measure, Control control) {
  return {.id = std::move(id),
          .family = "bandits",
          .statement = std::move(statement),
          .page = page,
          .theorem = std::move(theorem),
          .kind = kind,
          .tier = tier,
          .measure = std::move(measure),
          .controls = {std::move(control)}};
}

// --- Weighted tallying -----------------------------------------------------------------------------------------------

constexpr std::int64_t kTallyingRounds = 4000;

NamedBandit tallying(const char* family, std::int64_t seed, int memory) {
  return find_family(family)->make({{"memory", std::to_string(memory)}, {"seed", std::to_string(seed)}});
}

/// Runs whose regret is above the bound for burn-in m when the learner takes this share of it.
Measurement exposure_regret(const Effort& effort, int share) {
  constexpr int kMemory = 20;
  const int seeds = effort.pick(20, 200);
  std::int64_t above = 0, runs = 0;
  double largest = 0;
  for (const char* family : {"tallying-trap", "tallying-smooth"}) {
    for (int seed = 0; seed < seeds; ++seed) {
      const NamedBandit named = tallying(family, seed, kMemory);
      const auto& bandit = dynamic_cast<const TallyingBandit&>(*named.bandit);
      std::vector<double> gaps;
      for (int i = 0; i < static_cast<int>(bandit.losses().size()); ++i)
        gaps.push_back(bandit.full_loss(i) - bandit.full_loss(bandit.best()));
      const double bound = bounds::repeated_exposure_regret(gaps, bandit.sigma(), kMemory, kTallyingRounds);
      const Series run = play(bandit, "wtb-se", {{"memory", std::to_string(share * kMemory)}}, effort.run(seed),
                              {.length = kTallyingRounds, .checkpoints = {kTallyingRounds}});
      largest = std::max(largest, run.value(0, 0) / bound);
      above += run.value(0, 0) > bound ? 1 : 0;
      ++runs;
    }
  }
  return never(above, runs, 1.0 / kTallyingRounds, fmt::format("largest regret / bound {:.3g}", largest));
}

/// Runs in which the best arm was dropped.
Measurement dropped_best(const Effort& effort, double factor) {
  const int seeds = effort.pick(250, 500);
  std::int64_t dropped = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    const NamedBandit named = tallying(seed % 2 == 0 ? "tallying-trap" : "tallying-smooth", seed, 5);
    const auto& bandit = dynamic_cast<const TallyingBandit&>(*named.bandit);
    RepeatedExposure agent(bandit.world(kTallyingRounds), {.memory = 5}, factor);
    run_rounds(bandit, agent, effort.run(seed), {.length = kTallyingRounds});
    dropped += std::ranges::find(agent.active(), bandit.best()) == agent.active().end() ? 1 : 0;
  }
  return never(dropped, seeds, 1.0 / kTallyingRounds, "runs in which the best arm was dropped");
}

std::vector<Claim> tallying_claims() {
  return {claim("wtb-se-regret", "Regret of wtb-se <= 1 + sum over epochs and active arms of (M + 2^e gap)", kTallying,
                "Malik, Igoe, Li, Singh 2023, explicit on its page", Kind::kNever, Tier::kFast,
                [](const Effort& effort) { return exposure_regret(effort, 1); },
                {"no-burn-in", "measures arms before they are exposed",
                 [](const Effort& effort) { return exposure_regret(effort, 0); }}),
          claim("wtb-se-keeps-best", "wtb-se never drops the arm that is best at full exposure", kTallying,
                "union bound over arms and epochs", Kind::kNever, Tier::kFast,
                [](const Effort& effort) { return dropped_best(effort, 1); },
                {"small-radius", "a twentieth of the radius",
                 [](const Effort& effort) { return dropped_best(effort, .05); }})};
}

// --- Recovering rewards ----------------------------------------------------------------------------------------------

std::vector<Recovery> recovering(std::int64_t seed, int arms, int pulls, int delays) {
  const NamedBandit named = find_family("recovering-arms")
                                ->make({{"arms", std::to_string(arms)},
                                        {"pulls", std::to_string(pulls)},
                                        {"delays", std::to_string(delays)},
                                        {"seed", std::to_string(seed)}});
  const auto recoveries = dynamic_cast<const RecoveringBandit&>(*named.bandit).recoveries();
  return {recoveries.begin(), recoveries.end()};
}

/// Instances whose exact average is above the programme's value at this share of the pulls.
Measurement exact_above_bound(const Effort& effort, double share) {
  const int instances = effort.pick(20, 200);
  std::int64_t above = 0, met = 0;
  for (int seed = 0; seed < instances; ++seed) {
    const std::vector<Recovery> arms = recovering(seed, 3, 1, 8);
    std::vector<std::vector<Corner>> envelopes;
    for (const Recovery& recovery : arms) envelopes.push_back(envelope(recovery));
    PullProgramme programme;
    programme.build(envelopes);
    const double bound = programme.solve(share), exact = exact_average(arms, 1).low;
    above += exact > bound + 1e-9 ? 1 : 0;
    met += exact > bound - 1e-6 ? 1 : 0;
  }
  return never(above, instances, 0, fmt::format("the bound is met by {} of {}", met, instances));
}

Measurement planned_ratio(const Effort& effort, int multipliers) {
  std::vector<double> ratios;
  for (int seed = 0; seed < effort.pick(8, 40); ++seed) {
    PeriodicPlanner planner(400, 50);
    PeriodicPolicy policy;
    planner.plan(recovering(seed, 400, 50, 40), multipliers, policy);
    ratios.push_back(policy.value / planner.bound());
  }
  return mean_against(ratios, .97, "mean of planned value / bound with 400 arms, 50 pulls");
}

std::vector<Claim> recovering_claims() {
  return {claim("recovering-bound", "No policy earns more in the long run than the programme over concave envelopes",
                kRecovering, "Simchi-Levi, Zheng, Zhu 2021", Kind::kNever, Tier::kFast,
                [](const Effort& effort) { return exact_above_bound(effort, 1); },
                {"fewer-pulls", "gives the programme nine tenths of the pulls",
                 [](const Effort& effort) { return exact_above_bound(effort, .9); }}),
          claim("recovering-periodic", "Periodic policies earn .97 of the bound where many arms are pulled at once",
                kRecovering, "ratio 1 - O(1/sqrt K): Simchi-Levi, Zheng, Zhu 2021", Kind::kAbove, Tier::kFast,
                [](const Effort& effort) { return planned_ratio(effort, 4); },
                {"powers-of-two", "rounds all periods up to powers of two",
                 [](const Effort& effort) { return planned_ratio(effort, 1); }})};
}

// --- Hidden dynamics -------------------------------------------------------------------------------------------------

/// Runs in which some epoch began with |h^ - h|_V above the radius.
Measurement uncovered(const Effort& effort, double factor) {
  const NamedBandit named = find_family("dynamical-system")->make();
  const auto& bandit = dynamic_cast<const DynamicalBandit&>(*named.bandit);
  const std::int64_t rounds = effort.pick<std::int64_t>(1000, 20'000);
  const int seeds = effort.pick(50, 200);
  std::int64_t missed = 0;
  double largest = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    DynLinUcb agent(bandit, rounds, {}, factor);
    const auto game = bandit.start(rounds, effort.run(seed));
    std::int64_t epoch = 0;
    double worst = 0;
    for (std::int64_t t = 1; t <= rounds; ++t) {
      const int arm = agent.choose(game->next());
      if (agent.epoch() != epoch) {
        epoch = agent.epoch();
        const Eigen::VectorXd error = agent.estimate() - bandit.parameter();
        worst = std::max(worst, std::sqrt(error.dot(agent.precision() * error)) / agent.radius(t));
      }
      agent.learn({.round = t, .arm = arm, .reward = game->play(arm).reward});
    }
    largest = std::max(largest, worst);
    missed += worst > 1 ? 1 : 0;
  }
  return never(missed, seeds, 1.0 / static_cast<double>(rounds),
               fmt::format("largest |h^ - h|_V / radius {:.3g}", largest));
}

Measurement dynlin_slope(const Effort& effort, const std::vector<Setting>& settings) {
  const NamedBandit named = find_family("dynamical-system")->make();
  constexpr std::int64_t kRounds = 200'000;
  const std::vector<double> at = {kRounds / 64., kRounds / 16., kRounds / 4., kRounds};
  std::vector<double> slopes;
  for (int seed = 0; seed < 5; ++seed) {
    const Series run = play(*named.bandit, "dynlin-ucb", settings, effort.run(seed),
                            {.length = kRounds, .checkpoints = {kRounds / 64, kRounds / 16, kRounds / 4, kRounds}});
    std::vector<double> regret;
    for (std::size_t i = 0; i < at.size(); ++i) regret.push_back(run.value(i, 0));
    slopes.push_back(power_line(at, regret).slope);
  }
  return slope_within(slopes, .45, .65, "between T/64 and T = 200000");
}

std::vector<Claim> dynamical_claims() {
  return {
      claim("dynlin-coverage", "|h^ - h|_V <= beta_t in all epochs, with probability 1 - 1/T", kDynLin,
            "Mussi, Metelli, Restelli 2023, self-normalised bound", Kind::kNever, Tier::kFast,
            [](const Effort& effort) { return uncovered(effort, 1); },
            {"small-radius", "a hundredth of the radius", [](const Effort& effort) { return uncovered(effort, .01); }}),
      claim("dynlin-rate", "Regret of dynlin-ucb grows like sqrt(T)", kDynLin,
            "Mussi, Metelli, Restelli 2023, regret bound", Kind::kRate, Tier::kFast,
            [](const Effort& effort) { return dynlin_slope(effort, {}); },
            {"no-dynamics", "waits for nothing, with a tenth of the radius of a bandit without state",
             [](const Effort& effort) {
               return dynlin_slope(effort, {{"rho", "0"}, {"radius", "static"}, {"constant", "0.1"}});
             }})};
}

// --- Relaxation parameters -------------------------------------------------------------------------------------------

/// Mean regret over the bound, for two values of omega, of which one is good, and at most 3000 iterations.
Measurement relaxation_regret(const Effort& effort, const char* learner, const std::vector<Setting>& settings) {
  constexpr std::int64_t kRounds = 16'000;
  constexpr double kMost = 3000;
  const NamedBandit named =
      find_family("relaxation")
          ->make({{"shifts", "low"}, {"comparator", "fixed"}, {"omegas", "1/1.7"}, {"most", fmt::format("{}", kMost)}});
  std::vector<double> shares;
  for (int seed = 0; seed < 4; ++seed) {
    const Series run =
        play(*named.bandit, learner, settings, effort.run(seed), {.length = kRounds, .checkpoints = {kRounds}});
    shares.push_back(run.value(0, 0) / (kMost * bounds::tsallis_inf_weighted({2, kRounds})));
  }
  return mean_against(shares, 1, "regret / bound");
}

/// How far mean iterations lie from those that an independent program found, as a share of what is allowed: 5 % where
/// shifts vary little, 8 % where they vary much.
Measurement known_iterations(const Effort& effort, double tolerance) {
  struct Known {
    const char* shifts;
    double allowed;
    std::vector<std::pair<double, double>> iterations;
  };
  const std::array<Known, 2> all = {Known{"high",
                                          .08,
                                          {{1, 622},
                                           {1.2, 413},
                                           {1.4, 261},
                                           {1.6, 154},
                                           {1.75, 106.8},
                                           {1.8, 104.2},
                                           {1.85, 117},
                                           {1.9, 177},
                                           {1.95, 363}}},
                                    Known{"low", .05, {{1, 277}, {1.6, 64.5}, {1.65, 60.1}, {1.7, 61.8}, {1.8, 86}}}};
  double worst = 0;
  for (const Known& known : all) {
    const NamedBandit named =
        find_family("relaxation")->make({{"shifts", known.shifts}, {"tolerance", fmt::format("{}", tolerance)}});
    const auto& bandit = dynamic_cast<const RelaxationBandit&>(*named.bandit);
    const std::size_t arms = bandit.omegas().size();
    constexpr int kRuns = 3;
    constexpr std::int64_t kRounds = 5000;
    std::vector<double> means(arms);
    for (int run = 0; run < kRuns; ++run) {
      const auto table = bandit.table(kRounds, effort.run(run));
      for (std::size_t i = 0; i < table->size(); ++i)
        means[i % arms] += static_cast<double>((*table)[i]) / (kRuns * kRounds);
    }
    for (const auto& [omega, iterations] : known.iterations) {
      const auto arm = static_cast<std::size_t>(std::lround((omega - 1) / .05));
      worst = std::max(worst, std::abs(means[arm] / iterations - 1) / known.allowed);
    }
  }
  return {.measured = worst, .bound = 1, .replicates = 3, .detail = "largest deviation / what is allowed"};
}

std::vector<Claim> relaxation_claims() {
  return {claim("relax-tsallis-regret", "Regret of Tsallis-INF on iterations <= K (4 sqrt(dT) + 1)", kRelax,
                "Zimmert, Seldin 2021, theorem 1", Kind::kBelow, Tier::kFull,
                [](const Effort& effort) {
                  return relaxation_regret(effort, "relax-tsallis", {{"scale", "3000"}});
                },
                {"never-learns", "plays omega = 1 for ever",
                 [](const Effort& effort) {
                   return relaxation_regret(effort, "relax-fixed", {{"omega", "1"}});
                 }}),
          claim("relax-iterations", "Mean iterations of fixed relaxation parameters are the known ones", kRelax,
                "Khodak, Chow, Balcan, Talwalkar 2024, synthetic systems", Kind::kBelow, Tier::kFull,
                [](const Effort& effort) { return known_iterations(effort, 1e-8); },
                {"loose-tolerance", "stops at a residual of 1e-7",
                 [](const Effort& effort) { return known_iterations(effort, 1e-7); }})};
}

}  // namespace

std::vector<Claim> structured_bandit_claims() {
  std::vector<Claim> table;
  for (auto& part : {tallying_claims(), recovering_claims(), dynamical_claims(), relaxation_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
