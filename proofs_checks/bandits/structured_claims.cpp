// Bandits with a structure over time: exposure and hidden dynamics.
#include "proofs_checks/bandits/structured_claims.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/dynamical.h"
#include "bandits/arms/family.h"
#include "bandits/arms/tallying.h"
#include "bandits/dynamical/dynlin_ucb.h"
#include "bandits/run.h"
#include "bandits/tallying/repeated_exposure.h"
#include "bandits/trial.h"
#include "core/rate_fit.h"
#include "proofs_checks/bounds/bandits_structured.h"

namespace bellwether::claims {
namespace {

using namespace bandits;
using bandits::find_family;

constexpr const char* kTallying = "docs/papers/weighted-tallying-bandits.md";
constexpr const char* kDynLin = "docs/papers/dynlin-ucb.md";

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

}  // namespace

std::vector<Claim> structured_bandit_claims() {
  std::vector<Claim> table;
  for (auto& part : {tallying_claims(), recovering_claims(), dynamical_claims(), relaxation_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
