// Arms that recover: what cannot be exceeded, what periodic plans earn, and what learners make of it.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "bandits/arms/recovering.h"
#include "bandits/recovering/periodic_ucb.h"
#include "bandits/recovering/plan/exact.h"
#include "bandits/recovering/plan/periodic.h"
#include "bandits/trial.h"
#include "core/rate_fit.h"
#include "proofs_checks/bandits/structured_claims.h"

namespace bellwether::claims {
namespace {

using namespace bandits;

constexpr const char* kPage = "docs/papers/recovering-rewards.md";

/// Arms of the family `recovering-arms`.
struct Arms {
  int arms = 12, pulls = 2, delays = 12;
  std::string shape = "mixed", comparator = "bound";
};

NamedBandit drawn(const Arms& of, std::int64_t seed) {
  return find_family("recovering-arms")
      ->make({{"arms", std::to_string(of.arms)},
              {"pulls", std::to_string(of.pulls)},
              {"delays", std::to_string(of.delays)},
              {"shape", of.shape},
              {"comparator", of.comparator},
              {"seed", std::to_string(seed)}});
}

const RecoveringBandit& arms_of(const NamedBandit& named) {
  return dynamic_cast<const RecoveringBandit&>(*named.bandit);
}

std::vector<Recovery> recovering(std::int64_t seed, int arms, int pulls, int delays) {
  const NamedBandit named = drawn({.arms = arms, .pulls = pulls, .delays = delays}, seed);
  const auto recoveries = arms_of(named).recoveries();
  return {recoveries.begin(), recoveries.end()};
}

// --- Plans -----------------------------------------------------------------------------------------------------------

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

std::vector<Claim> planning_claims_of_recovery() {
  return {{.id = "recovering-bound",
           .family = "bandits",
           .statement = "No policy earns more in the long run than the programme over concave envelopes",
           .page = kPage,
           .theorem = "Simchi-Levi, Zheng, Zhu 2021",
           .kind = Kind::kNever,
           .measure = [](const Effort& effort) { return exact_above_bound(effort, 1); },
           .controls = {{"fewer-pulls", "gives the programme nine tenths of the pulls",
                         [](const Effort& effort) { return exact_above_bound(effort, .9); }}}},
          {.id = "recovering-periodic",
           .family = "bandits",
           .statement = "Periodic policies earn .97 of the bound where many arms are pulled at once",
           .page = kPage,
           .theorem = "ratio 1 - O(1/sqrt K): Simchi-Levi, Zheng, Zhu 2021",
           .kind = Kind::kAbove,
           .measure = [](const Effort& effort) { return planned_ratio(effort, 4); },
           .controls = {{"powers-of-two", "rounds all periods up to powers of two",
                         [](const Effort& effort) { return planned_ratio(effort, 1); }}}}};
}

// --- Upper bounds of the learner -------------------------------------------------------------------------------------

/// Runs of optimistic periodic policies in which some upper bound was below what it bounds, in some round.
Measurement pessimists(const Effort& effort, double factor) {
  const Arms of{};
  const std::int64_t runs = effort.pick(40, 400), rounds = 4000;
  std::int64_t broken = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    const NamedBandit named = drawn(of, run);
    const RecoveringBandit& bandit = arms_of(named);
    PeriodicUcb agent(bandit.world(rounds), {.delays = of.delays}, factor);
    const auto game = bandit.start(rounds, effort.run(run));
    std::vector<double> rewards;
    bool below = false;
    for (std::int64_t t = 1; t <= rounds && !below; ++t) {
      const auto items = agent.choose_items(game->next());
      rewards.resize(items.size());
      game->play_items(items, rewards);
      agent.learn_items(t, items, rewards);
      for (const int arm : items)  // the bounds of no other have changed
        for (int d = 1; d <= of.delays; ++d)
          below = below || agent.estimates().upper(arm, d) <
                               bandit.recoveries()[static_cast<std::size_t>(arm)][static_cast<std::size_t>(d - 1)];
    }
    broken += below ? 1 : 0;
  }
  return never(broken, runs, std::pow(static_cast<double>(of.arms) * of.delays * rounds, -3),
               "runs in which an upper bound was below the truth");
}

// --- What the learner earns ------------------------------------------------------------------------------------------

/// Rewards a round in the second half of the run, as a share of the exact optimum in the long run.
Measurement share_of_optimum(const Effort& effort, const std::string& constant) {
  const Arms of{.arms = 3, .pulls = 1, .delays = 8};
  constexpr std::int64_t kRounds = 40'000;
  std::vector<double> shares;
  for (int seed = 0; seed < effort.pick(20, 100); ++seed) {
    const NamedBandit named = drawn(of, seed);
    const RecoveringBandit& bandit = arms_of(named);
    const Series run = play(bandit, "periodic-ucb", {{"delays", "8"}, {"constant", constant}}, effort.run(seed),
                            {.length = kRounds, .checkpoints = {kRounds / 2, kRounds}});
    const double lost = (run.value(1, 0) - run.value(0, 0)) / (kRounds / 2.0);
    shares.push_back((bandit.bound() - lost) / exact_average(bandit.recoveries(), of.pulls).middle());
  }
  return mean_against(shares, 0.6, "of the exact optimum of 3 arms, rounds 20,000 to 40,000");
}

/// Slopes of the log of regret against the planned policy over the log of the length, one an instance.
Measurement regret_slopes(const Effort& effort, const std::string& constant) {
  std::vector<double> slopes;
  for (int seed = 0; seed < 20; ++seed) {
    const NamedBandit named = drawn({.comparator = "periodic"}, seed);
    std::vector<double> x, y;
    for (const std::int64_t rounds : {1024, 4096, 16'384, 65'536}) {
      x.push_back(static_cast<double>(rounds));
      y.push_back(play(*named.bandit, "periodic-ucb", {{"constant", constant}}, effort.run(seed),
                       {.length = rounds, .checkpoints = {rounds}})
                      .value(0, 0));
    }
    slopes.push_back(power_line(x, y).slope);
  }
  return slope_within(slopes, 0.4, 0.75, "log regret over log T, T = 2^10 .. 2^16, 20 instances");
}

/// What myopic pulls earn as a share of what periodic ones do where rewards come in one step.
Measurement myopic_share(const Effort& effort, int arms, bool known) {
  constexpr std::int64_t kRounds = 16'384;
  std::vector<double> shares;
  for (int seed = 0; seed < effort.pick(20, 100); ++seed) {
    const NamedBandit named = drawn({.arms = arms, .shape = "step"}, seed);
    const double most = arms_of(named).bound() * static_cast<double>(kRounds);
    const auto earned = [&](const std::string& learner) {
      return most - play(*named.bandit, learner, {}, effort.run(seed), {.length = kRounds, .checkpoints = {kRounds}})
                        .value(0, 0);
    };
    shares.push_back(known ? earned("myopic-known") / earned("periodic-known")
                           : earned("myopic-ucb") / earned("periodic-ucb"));
  }
  return mean_against(shares, 0.9, fmt::format("myopic earnings / periodic ones, {} arms, 2 pulls, steps", arms));
}

Claim myopic_claim(bool known) {
  return {
      .id = known ? "recovering-myopic-known" : "recovering-myopic-ucb",
      .family = "bandits",
      .statement = fmt::format("Where six arms bring all at once or nothing, myopic pulls {} earn a tenth less than "
                               "periodic ones",
                               known ? "that know how they recover" : "under upper bounds"),
      .page = kPage,
      .theorem = "none: an observation",
      .kind = Kind::kBelow,
      .measure = [known](const Effort& effort) { return myopic_share(effort, 6, known); },
      .controls = {{"many-arms", "twelve arms, of which some have always recovered",
                    [known](const Effort& effort) { return myopic_share(effort, 12, known); }}}};
}

std::vector<Claim> learning_claims_of_recovery() {
  return {{.id = "periodic-ucb-optimism",
           .family = "bandits",
           .statement = "Rbar_i(d) >= R_i(d) for all arms, delays and rounds, with probability 1 - (N D T)^-3",
           .page = kPage,
           .theorem = "Hoeffding's inequality and monotonicity, on the page",
           .kind = Kind::kNever,
           .measure = [](const Effort& effort) { return pessimists(effort, 1); },
           .controls = {{"narrow", "a quarter of the width",
                         [](const Effort& effort) { return pessimists(effort, 0.25); }}}},
          {.id = "periodic-ucb-optimum",
           .family = "bandits",
           .statement = "Optimistic periodic policies come to earn .6 of the exact optimum of small models on average",
           .page = kPage,
           .theorem = "Simchi-Levi, Zheng, Zhu 2021 (whose ratio is 1/4 for one pull; .6 is an observation)",
           .kind = Kind::kAbove,
           .measure = [](const Effort& effort) { return share_of_optimum(effort, "theory"); },
           .controls = {{"never-learns", "upper bounds that rule nothing out",
                         [](const Effort& effort) { return share_of_optimum(effort, "1e6"); }}}},
          {.id = "periodic-ucb-slope",
           .family = "bandits",
           .statement = "Regret of optimistic periodic policies against the plan that knows all grows like sqrt(T), up "
                        "to logarithms",
           .page = kPage,
           .theorem = "Simchi-Levi, Zheng, Zhu 2021, order of the bound",
           .kind = Kind::kRate,
           .measure = [](const Effort& effort) { return regret_slopes(effort, "theory"); },
           .controls = {{"never-learns", "upper bounds that rule nothing out",
                         [](const Effort& effort) { return regret_slopes(effort, "1e6"); }}}},
          myopic_claim(true),
          myopic_claim(false)};
}

}  // namespace

std::vector<Claim> recovering_claims() {
  std::vector<Claim> table = planning_claims_of_recovery();
  for (Claim& claim : learning_claims_of_recovery()) table.push_back(std::move(claim));
  return table;
}

}  // namespace bellwether::claims
