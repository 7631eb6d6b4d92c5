// Finite horizons and long-run averages, hostile models, and what the interval promises.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/average.h"
#include "mdp/evaluate/finite.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

void expect_agreement(const ConstrainedProblem& problem, std::uint64_t seed) {
  const SolveOptions run{.tolerance = 1e-7};
  const ConstrainedSolution lp = occupancy_lp(problem, {}, run), planes = bundle(problem, {}, run);
  EXPECT_EQ(lp.status, Status::kConverged) << "seed " << seed << " gap " << lp.gap << " " << lp.note;
  EXPECT_EQ(planes.status, Status::kConverged) << "seed " << seed << " gap " << planes.gap << " " << planes.note;
  EXPECT_LE(lp.optimum.lower, planes.optimum.upper) << seed;
  EXPECT_LE(planes.optimum.lower, lp.optimum.upper) << seed;
  if (problem.num_budgets() == 1) {
    const ConstrainedSolution search = dual_bisection(problem, {}, run);
    EXPECT_EQ(search.status, Status::kConverged) << "seed " << seed << " gap " << search.gap << " " << search.note;
    EXPECT_LE(lp.optimum.lower, search.optimum.upper) << seed;
    EXPECT_LE(search.optimum.lower, lp.optimum.upper) << seed;
  }
}

TEST(FiniteHorizon, ThreeRoutesAgree) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const mdp::ConstrainedMdp model =
        mdp::random_cmdp(Stream(seed), {.states = 4, .actions = 3, .budgets = 1 + static_cast<int>(seed % 2)});
    ConstrainedProblem problem{.model = model,
                               .criterion = Criterion::kFinite,
                               .direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise,
                               .discount = seed % 3 == 0 ? .9 : 1,
                               .horizon = 6};
    expect_agreement(with_binding_limits(problem, .4), seed);
  }
}

TEST(FiniteHorizon, StagesMayDiffer) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ConstrainedProblem problem{.model = mdp::random_cmdp(Stream(seed), {.states = 4, .actions = 2, .budgets = 2}),
                               .criterion = Criterion::kFinite,
                               .horizon = 4};
    for (int h = 0; h < 4; ++h) {
      problem.stages.push_back(
          mdp::random_cmdp(Stream(100 * seed + h), {.states = 4, .actions = 2 + h % 2, .budgets = 2}).model());
    }
    problem.model = {problem.stages[0], std::vector<double>{0, 0}};
    problem = with_binding_limits(problem, .5);
    expect_agreement(problem, seed);
    // The values returned are those of the stage policy by the evaluation of the library.
    const ConstrainedSolution got = occupancy_lp(problem, {}, {.tolerance = 1e-7});
    ASSERT_EQ(got.stages.size(), 4u);
    const auto value = mdp::evaluate_finite(mdp::FiniteHorizonMdp(problem.stages), got.stages);
    EXPECT_NEAR(value[0].expected(problem.stages[0].initial()), got.expected.value, 1e-12);
  }
}

TEST(FiniteHorizon, NamesTheStageWithoutTheCost) {
  ConstrainedProblem problem{.model = mdp::two_state_cmdp(1), .criterion = Criterion::kFinite, .horizon = 2};
  problem.stages = {problem.model.model(), mdp::with_costs(problem.model.model(), {})};
  EXPECT_THAT([&] { occupancy_lp(problem); },
              ThrowsMessage<InvalidModel>(HasSubstr("stage 1 has no cost column 'cost', which has a budget")));
}

TEST(Average, UnichainModelsAgree) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    ConstrainedProblem problem{
        .model = mdp::random_cmdp(Stream(seed), {.states = 5, .actions = 3, .budgets = 1 + static_cast<int>(seed % 2)}),
        .criterion = Criterion::kAverage,
        .direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise,
        .discount = 1};
    problem = with_binding_limits(problem, .4);
    expect_agreement(problem, seed);
    const ConstrainedSolution one = occupancy_lp(problem, {.structure = "unichain"}, {.tolerance = 1e-7});
    const ConstrainedSolution many = occupancy_lp(problem, {.structure = "multichain"}, {.tolerance = 1e-7});
    EXPECT_THAT(one.note, HasSubstr("unichain"));
    EXPECT_THAT(many.note, HasSubstr("multichain"));
    EXPECT_LE(one.optimum.lower, many.optimum.upper);
    EXPECT_LE(many.optimum.lower, one.optimum.upper);
    EXPECT_TRUE(one.mixture.policy.empty());  // a stationary policy does it
  }
}

/// State 0 may stay (reward 1, cost 1) or leave for good to state 1 (nothing). A stationary policy that ever leaves has
/// left in the long run.
ConstrainedProblem stay_or_leave(double limit) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("cost", 1.0);
  builder.add_choice(0, 0.0, {{1, 1.0}}).cost("cost", 0.0);
  builder.add_choice(1, 0.0, {{1, 1.0}}).cost("cost", 0.0);
  return {.model = {std::move(builder).build(), std::vector<double>{limit}},
          .criterion = Criterion::kAverage,
          .discount = 1};
}

TEST(Average, MultichainOptimaNeedADrawBeforeTheFirstStep) {
  for (const auto& got : {occupancy_lp(stay_or_leave(.3), {}, {.tolerance = 1e-8}),
                          dual_bisection(stay_or_leave(.3), {}, {.tolerance = 1e-8}),
                          bundle(stay_or_leave(.3), {}, {.tolerance = 1e-8})}) {
    EXPECT_EQ(got.status, Status::kConverged) << got.algorithm << " " << got.note;
    EXPECT_NEAR(got.expected.value, .3, 1e-8);
    EXPECT_NEAR(got.budgets[0].multiplier, 1, 1e-8);
    ASSERT_EQ(got.mixture.policy.size(), 2u);
    const mdp::PolicyChain chain(stay_or_leave(.3).model.model(), got.mixture);
    const auto gain = mdp::evaluate_average(chain).gain;
    EXPECT_NEAR(gain.expected(chain.initial()), .3, 1e-8);
  }
}

TEST(Interval, HoldsTheOptimumForLongDiscounts) {
  for (const double discount : {0.0, .999, .9999}) {
    for (const double scale : {1e-6, 1e6}) {
      for (std::uint64_t seed = 0; seed < 3; ++seed) {
        const ConstrainedProblem problem = binding_problem(
            seed, {.states = 8, .actions = 3, .budgets = 2, .concentration = .2}, discount, .3, scale, 1 / scale);
        const SolveOptions run{.tolerance = 1e-7 * scale / (1 - discount)};
        const ConstrainedSolution lp = occupancy_lp(problem, {}, run), planes = bundle(problem, {}, run);
        EXPECT_EQ(planes.status, Status::kConverged) << discount << " " << scale << " " << planes.note << planes.gap;
        EXPECT_EQ(lp.status, Status::kConverged) << discount << " " << scale << " " << lp.note << lp.gap;
        EXPECT_LE(lp.optimum.lower, planes.optimum.upper);
        EXPECT_LE(planes.optimum.lower, lp.optimum.upper);
      }
    }
  }
}

TEST(Hostile, TiesSingleChoicesZeroStartsAndFreeCosts) {
  mdp::TabularMdpBuilder builder(4);
  builder.add_choice(0, 1.0, {{1, 1.0}}).cost("cost", 0.0);
  builder.add_choice(1, 2.0, {{2, 1.0}}).cost("cost", 1.0);
  builder.add_choice(1, 2.0, {{2, 1.0}}).cost("cost", 1.0);
  builder.add_choice(1, 0.0, {{2, 1.0}}).cost("cost", 0.0);
  builder.add_choice(2, 0.0, {{0, .5}, {2, .5}}).cost("cost", 0.0);
  builder.add_choice(3, 5.0, {{3, 1.0}}).cost("cost", 9.0);  // never reached, and never where the play begins
  builder.initial({.5, .5, 0, 0});
  const mdp::TabularMdp model = std::move(builder).build();
  for (const double limit : {0.0, .5, 100.0}) {
    const ConstrainedProblem problem{.model = {model, std::vector<double>{limit}}, .discount = .9};
    for (const auto& got : {occupancy_lp(problem), dual_bisection(problem), bundle(problem)}) {
      EXPECT_LE(got.budgets[0].cost.upper, limit + (got.algorithm == "bundle" ? 1e-9 : 0))
          << got.algorithm << " " << limit;
      if (limit > 0 || got.algorithm != "bundle") {
        EXPECT_EQ(got.status, Status::kConverged) << got.algorithm << " " << limit << got.note;
      }
    }
  }
}

// A budget at the least possible cost leaves no room to be safe: the policy is returned with what it may exceed.
TEST(Tight, BudgetsAreReportedHonestly) {
  const ConstrainedProblem exact{.model = mdp::two_state_cmdp(0), .discount = .9};
  const ConstrainedSolution least = occupancy_lp(exact);
  ASSERT_EQ(least.status, Status::kInfeasible);
  const double cheapest = least.infeasibility->least_mean;
  ConstrainedProblem tight = exact;
  tight.model = exact.model.with_limits({cheapest});
  int exceeding = 0;
  for (const auto& got : {occupancy_lp(tight), dual_bisection(tight), bundle(tight)}) {
    EXPECT_LE(got.violation, 1e-9) << got.algorithm;
    EXPECT_TRUE(got.violation == 0 || got.gap > 1e100) << got.algorithm;
    if (got.violation > 0) {
      EXPECT_THAT(got.note, HasSubstr("may exceed its limit by")) << got.algorithm;
      EXPECT_EQ(got.optimum.lower, -lp::kInfinity);  // it proves nothing from below
      ++exceeding;
    }
  }
  EXPECT_GT(exceeding, 0);
}

TEST(Slack, BudgetsCostNothing) {
  const ConstrainedProblem free{.model = mdp::two_state_cmdp(100), .discount = .9};
  const Solution best = discounted_auto(free.unconstrained(), {.tolerance = 1e-10});
  for (const auto& got : {occupancy_lp(free), dual_bisection(free), bundle(free)}) {
    EXPECT_EQ(got.status, Status::kConverged);
    EXPECT_EQ(got.budgets[0].multiplier, 0);
    EXPECT_NEAR(got.expected.value, best.value[0], 1e-6);
  }
}

TEST(Caller, IsHeard) {
  const ConstrainedProblem problem = binding_problem(1, {.states = 10, .actions = 4, .budgets = 2}, .95);
  int calls = 0;
  const ConstrainedSolution got =
      bundle(problem, {}, {.tolerance = 0, .observer = [&](const TraceRow&) { return ++calls < 12; }});
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_GE(calls, 12);
  const ConstrainedSolution few = bundle(problem, {}, {.tolerance = 1e-12, .max_iterations = 2});
  EXPECT_EQ(few.status, Status::kBudgetExhausted);
  EXPECT_LE(few.optimum.lower, few.optimum.upper);
}

TEST(Wrong, QuestionsAreRefused) {
  const ConstrainedProblem two = binding_problem(0, {.budgets = 2}, .9);
  EXPECT_THAT([&] { dual_bisection(two); },
              ThrowsMessage<InvalidOption>(
                  HasSubstr("dual-bisection: the problem has 2 budgets, must have one; choose bundle")));
  ConstrainedProblem reach = two;
  reach.criterion = Criterion::kReach;
  EXPECT_THAT([&] { bundle(reach); },
              ThrowsMessage<InvalidOption>(HasSubstr("criteria discounted, finite and average, not with reach")));
  EXPECT_THAT([&] { bundle(two, {.caution = 1}); }, ThrowsMessage<InvalidOption>(HasSubstr("'caution' is 1")));
  EXPECT_THAT([&] { occupancy_lp(two, {.method = "magic"}); }, ThrowsMessage<InvalidOption>(HasSubstr("magic")));
}

}  // namespace
}  // namespace bellwether::solvers
