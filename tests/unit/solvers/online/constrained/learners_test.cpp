#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/constrained/confidence.h"
#include "solvers/online/constrained/dual_learners.h"
#include "solvers/online/constrained/program_learners.h"
#include "solvers/online/constrained/run.h"
#include "solvers/online/constrained/step_mixture.h"
#include "solvers/online/registry.h"
#include "tests/unit/solvers/online/constrained/small_tasks.h"

namespace bellwether::online {
namespace {

ConstrainedRun play(const ConstrainedTask& task, std::string_view learner, const std::vector<Setting>& settings,
                    std::int64_t episodes, std::uint64_t seed = 0) {
  const auto agent = find_constrained(learner).make(world_of(task, episodes), settings, Stream(seed).child("learner"));
  return run_constrained(task, *agent, Stream(seed), {.episodes = episodes});
}

TEST(TransitionConfidence, HasTheWidthsOfItsTheorem) {
  const ConstrainedTask task = random_task(1);  // S = 4, C = 8, H = 4
  const ConstrainedWorld world = world_of(task, 100);
  TransitionConfidence confidence(world, .1, 1);
  const double log_term = std::log(4.0 * 4 * 8 * 4 * 100 / .1);
  EXPECT_NEAR(confidence.log_term(), log_term, 1e-12);
  EXPECT_NEAR(confidence.width(.25, 10), 2 * std::sqrt(.1875 * log_term / 10) + 14 * log_term / 30, 1e-12);
  EXPECT_EQ(confidence.bonus(0, 0), 3);  // never seen: everything that may follow
  TransitionConfidence narrow(world, .1, 1e-3);
  for (int k = 0; k < 4; ++k) {
    const std::vector<Step> steps = {{0, 0, k == 0 ? 1 : 2, .5}};
    EXPECT_EQ(narrow.learn(steps), k != 2);  // 1, 2, 4 visits
  }
  const double sum = narrow.width(.25, 4) + narrow.width(.75, 4) + 2 * narrow.width(0, 4);
  EXPECT_NEAR(narrow.bonus(0, 0), 3 * sum, 1e-12);
  EXPECT_NEAR(narrow.bonus(0, 0, 2), 6 * sum, 1e-12);
  EstimatedRows rows;
  narrow.rows(true, rows);
  ASSERT_EQ(rows.row[0].size(), 4u);
  EXPECT_EQ(rows.row[0][2].probability, .75);
  EXPECT_NEAR(rows.row[0][3].width, 1e-3 * 14 * log_term / 12, 1e-12);
  EXPECT_TRUE(rows.row[1].empty());
}

TEST(ConstrainedLearners, OptimismHoldsAtTheConstantOfTheory) {
  for (const std::string_view learner : {"opt-lp", "opt-cmdp"}) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const ConstrainedRun run = play(random_task(seed, 3, 2, 3), learner, {}, 200, seed);
      EXPECT_EQ(run.last.broken_optimism, 0) << learner;
      EXPECT_EQ(run.last.own, 200) << learner << ": the program must be feasible";
    }
  }
}

TEST(ConstrainedLearners, ScaledOptimisticProgramsLearnToKeepToLimits) {
  const ConstrainedRun run = play(random_task(4), "opt-lp", {{"constant", "practical"}}, 1500);
  const auto at = [&](std::int64_t episodes) {
    return *std::ranges::find(run.rows, episodes, &ConstrainedRow::episodes);
  };
  EXPECT_GT(at(100).largest_hard() / 100, 1.5 * run.last.largest_hard() / 1500);
  EXPECT_GT(run.last.violating, 500);  // it keeps to them on average only, in the limit
}

TEST(ConstrainedLearners, PessimisticProgramsNeverBreakALimit) {
  for (const std::string_view learner : {"opt-pess-lp", "dope"}) {
    const ConstrainedRun run = play(random_task(3, 3, 2, 3), learner, {{"constant", "0.01"}}, 1000);
    EXPECT_EQ(run.last.violating, 0) << learner;
    EXPECT_GT(run.last.baseline, 0) << learner;
    EXPECT_GT(run.last.own, 200) << learner;
    EXPECT_LT(run.last.regret, .9 * 1000 * run.rows.front().regret) << learner;
  }
}

TEST(ConstrainedLearners, WithoutTheBonusOfCostsLimitsAreBroken) {
  const ConstrainedTask task = random_task(2, 3, 2, 3);
  const auto agent = make_opt_pess_lp_with(world_of(task, 1000), {.constant = "0.01"}, 0);
  EXPECT_GT(run_constrained(task, *agent, Stream(0), {.episodes = 1000}).last.violating, 50);
}

/// In the first state, where every episode stays, 1 for a unit of fuel or nothing for nothing; the second state is like
/// it, and nobody ever gets there.
ConstrainedTask apart(double limit, const char* baseline) {
  mdp::TabularMdpBuilder builder(2);
  for (int s = 0; s < 2; ++s) {
    builder.add_choice(s, 0, {{s, 1.0}}).cost("fuel", 0);
    builder.add_choice(s, 1, {{s, 1.0}}).cost("fuel", 1);
  }
  builder.initial({1.0, 0.0});
  return ConstrainedTask(std::make_shared<const EpisodicTask>(std::move(builder).build(), 2),
                         {.budgets = {{"fuel", limit, false}}, .floor = {}, .baseline = baseline});
}

TEST(ConstrainedLearners, WhatNobodyHasSeenCostsNothingLess) {
  // Before the first episode programs end after a step, which is worth 0 + 1 or 1 + 1, and costs 0 or 1.
  const ConstrainedTask task = apart(.3, "safest");
  const ConstrainedWorld world = world_of(task, 10);
  const auto agent = make_opt_lp(world, {}, Stream(0));
  agent->plan(0);
  EXPECT_NEAR(*agent->optimistic_optimum(), .7 * 1 + .3 * 2, 1e-9);
}

TEST(ConstrainedLearners, WhereTheirProgramSendsNobodyTheSafeOnesPlayTheBaseline) {
  const ConstrainedTask task = apart(1.7, "0.6");  // its costs are 1.6 of 2
  const ConstrainedWorld world = world_of(task, 60);
  for (const auto& [learner, costly] : {std::pair("opt-lp", .5), {"opt-cmdp", .5}, {"opt-pess-lp", .8}, {"dope", .8}}) {
    const auto agent = find_constrained(learner).make(world, {{"constant", "0.0001"}}, Stream(1));
    EXPECT_GT(run_constrained(task, *agent, Stream(2), {.episodes = 60}).last.own, 10) << learner;
    EXPECT_NEAR(agent->policy().probability(0, 3), costly, 1e-12) << learner;
  }
}

TEST(ConstrainedLearners, PricesBringCostsDown) {
  for (const std::string_view learner : {"opt-dual", "opt-primal-dual"}) {
    const ConstrainedTask task = random_task(2);
    const ConstrainedRun run = play(task, learner, {{"constant", "0.001"}, {"step", "5"}}, 4000);
    const auto half = *std::ranges::find(run.rows, 1000, &ConstrainedRow::episodes);
    EXPECT_LT((run.last.largest_excess() - half.largest_excess()) / 3000, .7 * half.largest_excess() / 1000) << learner;
    EXPECT_GE(run.last.largest_hard(), run.last.largest_excess()) << learner;
  }
}

TEST(ConstrainedLearners, ABaselineWithoutRoomIsRefused) {
  const ConstrainedTask task(random_episodes(1, 4, 2, 4), {.budgets = {}, .floor = 1.0, .baseline = "uniform"});
  for (const std::string_view learner : {"opt-pess-lp", "dope", "opt-dual", "opt-primal-dual"})
    EXPECT_THROW((void)find_constrained(learner).make(world_of(task, 10), {}, Stream(0)), InvalidOption);
}

TEST(ConstrainedLearners, GiveTheSameBitsForTheSameStream) {
  const ConstrainedTask task = floor_task(3, .8);
  for (const ConstrainedLearner& learner : constrained_table())
    EXPECT_EQ(play(task, learner.name, {{"constant", "practical"}}, 60, 5).last,
              play(task, learner.name, {{"constant", "practical"}}, 60, 5).last)
        << learner.name;
}

TEST(StepMix, NeverFallsBelowTheFloor) {
  for (const char* floor : {"0.8", "0.95"}) {
    const ConstrainedTask task = floor_task(4, std::stod(floor));
    for (const std::string_view learner : {"stepmix", "epsmix"}) {
      const ConstrainedRun run = play(task, learner, {{"constant", "0.001"}}, 3000);
      EXPECT_EQ(run.last.violating, 0) << learner;
      EXPECT_EQ(run.last.broken_bounds, 0) << learner;
      EXPECT_EQ(run.last.baseline + run.last.mixture + run.last.own, 3000);
      EXPECT_GT(run.last.baseline, 0);
      EXPECT_GT(run.last.own, 0);
    }
  }
}

TEST(StepMix, MixesWhereTheBaselineIsWeak) {
  const ConstrainedRun run = play(floor_task(5, .8), "stepmix", {{"constant", "0.001"}}, 3000);
  EXPECT_GT(run.last.mixture, 0);
  EXPECT_EQ(run.last.violating, 0);
}

TEST(StepMix, WithoutTheBonusOfLowerBoundsItFallsBelowTheFloor) {
  std::int64_t violating = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const ConstrainedTask task = floor_task(seed, .95);
    const auto agent = make_stepmix_with(world_of(task, 1000), {.constant = "0.005"}, 0);
    violating += run_constrained(task, *agent, Stream(seed), {.episodes = 1000}).last.violating;
  }
  EXPECT_GT(violating, 20);
}

TEST(StepMix, WithoutAFloorItIsTheOptimisticPolicy) {
  const ConstrainedTask task = floor_task(4, 0);
  std::vector<double> first, second;
  for (const auto& [learner, into] : {std::pair("stepmix", &first), std::pair("bpi-ucb", &second)}) {
    const auto agent = find_constrained(learner).make(world_of(task, 500), {{"constant", "0.005"}}, Stream(1));
    (void)run_constrained(task, *agent, Stream(2),
                          {.episodes = 500, .listener = [into = into](std::int64_t, std::span<const double> worth) {
                             into->push_back(worth[0]);
                           }});
  }
  EXPECT_EQ(first, second);
}

TEST(StepMix, BoundsOfARowByHand) {
  // One stage left, so nothing follows: the bonus is 14 beta / n (H = 1), and the optimum is bounded by reward + bonus.
  const ConstrainedTask task = floor_task(6, .5, "uniform", 2, 1, 1);
  const ConstrainedWorld world = world_of(task, 10);
  const auto agent = make_bpi_ucb(world, {.constant = "0.001", .delta = .1}, Stream(0));
  agent->plan(0);
  EXPECT_EQ(*agent->optimistic_optimum(), 1);
  const std::vector<Step> steps = {{0, 0, 0, .5}};
  for (int k = 0; k < 5; ++k) agent->learn(steps);
  agent->plan(1);
  const double beta = std::log(3 * 2 * 1 / .1) + 2 * (1 + std::log(8.0 * 6));
  EXPECT_NEAR(*agent->optimistic_optimum(), std::min(1.0, world.reward(0, 0) + .001 * 14 * beta / 5), 1e-12);
}

TEST(StepMix, ItsValueIsLinearInTheMixture) {
  const ConstrainedTask task = floor_task(4, .9, "uniform");
  const auto& begin = task.episodes().state_begin();
  const auto at = [&](double share) {
    EpisodicPolicy policy(begin, 3);
    for (int h = 0; h < 3; ++h)
      for (int s = 0; s < 5; ++s)
        for (auto c = begin[s]; c < begin[s + 1]; ++c) {
          const double own = c == begin[s] + 1, base = task.baseline()[static_cast<std::size_t>(h * 15 + c)];
          policy.play_with(h, c, h == 2 ? own : h == 1 ? share * own + (1 - share) * base : base);
        }
    std::vector<double> worth(2);
    task.evaluate(policy, worth);
    return worth[0];
  };
  for (const double share : {.1, .5, .8}) EXPECT_NEAR(at(share), (1 - share) * at(0) + share * at(1), 1e-12);
}

TEST(EpsMix, ThrowsItsCoinAsOftenAsItSays) {
  const ConstrainedRow last = play(floor_task(5, .8), "epsmix", {{"constant", "0.001"}}, 3000).last;
  EXPECT_GT(last.mixture, 50);
  EXPECT_LT(std::abs(static_cast<double>(last.coin_baseline) - last.coin_mean),
            4 * std::sqrt(last.coin_variance) + 1e-9);
}

}  // namespace
}  // namespace bellwether::online
