#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/instances.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "solvers/latent/registry.h"
#include "solvers/latent/simple_policies.h"
#include "tests/unit/solvers/latent/plain.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

mdp::TabularMdp scaled(const mdp::TabularMdp& model, double factor) {
  std::vector<double> reward(model.reward().begin(), model.reward().end());
  for (double& r : reward) r *= factor;
  return model.with_expected_rewards(std::move(reward));
}

TEST(RewardScales, KeepTheirProof) {
  const mdp::LatentMdp unit = mdp::random_latent(Stream(2), {.contexts = 2, .states = 2});
  for (const double scale : {1e-6, 1e6, -1.0}) {
    const mdp::LatentMdp latent({scaled(unit.context(0), scale), scaled(unit.context(1), scale)}, {.5, .5});
    const double truth = plain_latent(latent, 4), size = std::abs(scale);
    const LatentProblem problem{.model = latent.pomdp(), .criterion = Criterion::kFinite, .horizon = 4};
    for (const LatentSolution& found :
         {belief_tree(problem, {}, {.tolerance = 1e-9 * size}), alpha_vectors(problem, {}, {.tolerance = 1e-9 * size}),
          hsvi(problem, {}, {.tolerance = 1e-4 * size})}) {
      EXPECT_EQ(found.status, Status::kConverged) << found.algorithm << ' ' << scale;
      EXPECT_LE(found.lower, truth + 1e-15 * size);
      EXPECT_GE(found.upper, truth - 1e-15 * size);
    }
  }
}

TEST(RewardScales, TigerScales) {
  const mdp::Pomdp tiger = mdp::tiger();
  for (const double scale : {1e-6, 1e6}) {
    const LatentProblem problem{.model = {scaled(tiger.model(), scale), tiger.observations()}, .discount = .95};
    const LatentSolution found = hsvi(problem, {}, {.tolerance = .05 * scale});
    EXPECT_EQ(found.status, Status::kConverged);
    EXPECT_NEAR(found.value, 19.37 * scale, .06 * scale);
  }
}

TEST(RewardScales, BeyondTheRangeAreRefused) {
  for (const double scale : {1e304, 1e306}) {
    const mdp::Pomdp tiger(scaled(mdp::tiger().model(), scale),
                           mdp::tiger().observations());  // rewards of 100 times it
    const LatentProblem stages{.model = tiger, .criterion = Criterion::kFinite, .horizon = 3000};
    const LatentProblem discounted{.model = tiger, .discount = .9999};
    for (const LatentRow& row : latent_table()) {
      for (const LatentProblem& problem : {stages, discounted}) {
        if (!row.solves(problem.criterion)) continue;
        EXPECT_THAT([&] { row.run(problem, {}, {.observer = [](const TraceRow&) { return false; }}); },
                    ThrowsMessage<InvalidModel>(HasSubstr("exceed the range of double arithmetic")))
            << row.name;
      }
    }
  }
}

TEST(RewardScales, NearTheRangeKeepTheirProof) {
  const mdp::Pomdp tiger(scaled(mdp::tiger().model(), 1e300), mdp::tiger().observations());
  const LatentProblem problem{.model = tiger, .criterion = Criterion::kFinite, .horizon = 3};
  const double truth = 1e300 * plain_pomdp<double>(mdp::tiger(), 3, {.5, .5});
  for (const LatentRow& row : latent_table()) {
    const LatentSolution found = row.run(problem, {}, {.tolerance = 1e295});
    EXPECT_LE(found.lower, truth * (1 + 1e-14)) << row.name;
    EXPECT_GE(found.upper, truth * (1 - 1e-14)) << row.name;
    EXPECT_TRUE(std::isfinite(found.gap)) << row.name;
  }
}

TEST(Budgets, SayWhatLimitsTheBounds) {
  const LatentProblem problem{.model = mdp::tiger(), .criterion = Criterion::kFinite, .horizon = 5};
  EXPECT_EQ(belief_tree(problem, {.most_beliefs = 3}).limit, "the number of beliefs looked at");
  EXPECT_EQ(alpha_vectors(problem, {.most_vectors = 2}).limit, "the number of vectors");
  EXPECT_EQ(hsvi(problem, {.most_trials = 1}).limit, "the number of trials");
  EXPECT_EQ(memoryless(problem).limit, "policies without memory");
  EXPECT_EQ(open_loop(problem).limit, "sequences that look at nothing");
  EXPECT_EQ(belief_tree(problem).limit, "");
}

TEST(Discounts, NearOneKeepValidBounds) {
  const LatentProblem problem{.model = mdp::tiger(), .discount = .9999};
  const LatentSolution found = hsvi(problem, {.most_trials = 4}, {.tolerance = 1e-3});
  // Always listening twice and opening the door heard twice earns more than 1 a step; a step earns at most 10.
  EXPECT_GE(found.upper, 1e4);
  EXPECT_LE(found.lower, found.upper);
  EXPECT_LE(found.upper, 1e5);
  const Enclosed worth = evaluate(found.policy, problem);
  EXPECT_GE(worth.upper, found.lower);
  EXPECT_LE(worth.lower, found.upper);
}

TEST(Discounts, ZeroLooksOneStepAhead) {
  const LatentProblem problem{.model = mdp::tiger(), .discount = 0};
  for (const LatentSolution& found : {hsvi(problem), alpha_vectors(problem)}) {
    EXPECT_NEAR(found.value, -1, 1e-9) << found.algorithm;
    EXPECT_EQ(found.status, Status::kConverged);
  }
}

TEST(Tolerances, ThatRoundingForbidsEndTheRun) {
  const LatentProblem problem{.model = mdp::tiger(), .discount = .5};
  const LatentSolution found = hsvi(problem, {}, {.tolerance = 0});
  EXPECT_EQ(found.status, Status::kRoundingLimited);
  EXPECT_LE(found.gap, 1e-9);
  const LatentProblem stages{.model = mdp::tiger(), .criterion = Criterion::kFinite, .horizon = 3};
  EXPECT_EQ(belief_tree(stages, {}, {.tolerance = 0}).status, Status::kRoundingLimited);
  EXPECT_EQ(alpha_vectors(stages, {}, {.tolerance = 0}).status, Status::kRoundingLimited);
}

TEST(Budgets, LeaveBoundsThatHold) {
  const mdp::LatentMdp latent = mdp::random_latent(Stream(5), {.contexts = 2, .states = 2, .horizon = 6});
  const LatentProblem problem{.model = latent.pomdp(), .criterion = Criterion::kFinite, .horizon = 6};
  const double truth = plain_latent(latent, 6);
  const LatentSolution cut = belief_tree(problem, {.most_beliefs = 50});
  EXPECT_EQ(cut.status, Status::kBudgetExhausted);
  EXPECT_LE(cut.lower, truth);
  EXPECT_GE(cut.upper, truth);
  EXPECT_GE(evaluate(cut.policy, problem).upper, cut.lower);
  const LatentSolution few = alpha_vectors(problem, {.most_vectors = 3});
  EXPECT_EQ(few.status, Status::kBudgetExhausted);
  EXPECT_LE(few.lower, truth);
  EXPECT_GE(few.upper, truth);
  const LatentSolution stopped = alpha_vectors(problem, {}, {.observer = [](const TraceRow&) { return false; }});
  EXPECT_EQ(stopped.status, Status::kStoppedByCaller);
  EXPECT_GE(stopped.upper, truth);
}

TEST(Models, WithActionsThatDifferByStateWork) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{1, 1.0}}).add_choice(0, .3, {{0, .5}, {1, .5}}).add_choice(1, 1.0, {{0, 1.0}});
  mdp::TabularMdpBuilder other(2);
  other.add_choice(0, 1.0, {{0, .2}, {1, .8}}).add_choice(0, 0.0, {{0, 1.0}}).add_choice(1, 0.0, {{0, .5}, {1, .5}});
  const mdp::LatentMdp latent({std::move(builder).build(), std::move(other).build()}, {.25, .75});
  const LatentProblem problem{.model = latent.pomdp(), .criterion = Criterion::kFinite, .horizon = 5};
  const double truth = plain_latent(latent, 5);
  for (const LatentSolution& found :
       {belief_tree(problem), alpha_vectors(problem), hsvi(problem, {}, {.tolerance = 1e-6})}) {
    EXPECT_LE(found.lower, truth + 1e-14) << found.algorithm;
    EXPECT_GE(found.upper, truth - 1e-14) << found.algorithm;
    EXPECT_LE(found.gap, 1e-6) << found.algorithm;
  }
  EXPECT_THAT([&] { open_loop(problem); }, ThrowsMessage<InvalidModel>(HasSubstr("differ in their actions")));
}

TEST(Models, WithoutRewardsOrChoicesWork) {
  mdp::TabularMdpBuilder one(1);
  one.add_choice(0, 0.0, {{0, 1.0}});
  const mdp::Pomdp single(std::move(one).build(), mdp::dense_observations(1, std::vector<double>{1}));
  const mdp::Pomdp idle(scaled(mdp::tiger().model(), 0), mdp::tiger().observations());
  for (const mdp::Pomdp& model : {single, idle}) {
    for (const int horizon : {1, 7}) {
      const LatentProblem problem{.model = model, .criterion = Criterion::kFinite, .horizon = horizon};
      for (const LatentSolution& found :
           {belief_tree(problem), alpha_vectors(problem), hsvi(problem), memoryless(problem), open_loop(problem)}) {
        EXPECT_EQ(found.status, Status::kConverged) << found.algorithm;
        EXPECT_NEAR(found.value, 0, 1e-300) << found.algorithm;
      }
    }
    const LatentProblem problem{.model = model, .discount = .99};
    for (const LatentSolution& found : {alpha_vectors(problem), hsvi(problem), memoryless(problem)}) {
      EXPECT_EQ(found.status, Status::kConverged) << found.algorithm;
      EXPECT_NEAR(found.value, 0, 1e-300) << found.algorithm;
    }
  }
}

TEST(Options, AreChecked) {
  const LatentProblem problem{.model = mdp::tiger(), .discount = .9};
  EXPECT_THAT([&] { hsvi(problem, {.most_trials = 0}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'most_trials' is 0")));
  EXPECT_THAT([&] { belief_tree(problem); }, ThrowsMessage<InvalidOption>(HasSubstr("criterion finite")));
  EXPECT_THAT([&] { open_loop(problem); }, ThrowsMessage<InvalidOption>(HasSubstr("criterion finite")));
  LatentProblem wrong = problem;
  wrong.criterion = Criterion::kAverage;
  EXPECT_THAT([&] { hsvi(wrong); }, ThrowsMessage<InvalidOption>(HasSubstr("average")));
  wrong.criterion = Criterion::kFinite;
  EXPECT_THROW(hsvi(wrong), InvalidOption);
  wrong.criterion = Criterion::kDiscounted, wrong.discount = 1;
  EXPECT_THROW(hsvi(wrong), InvalidOption);
}

}  // namespace
}  // namespace bellwether::solvers
