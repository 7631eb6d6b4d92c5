// Policies that are no harder to read than they must be: stationary where that does as well, few coins, and sensible
// where the play never comes.
#include "solvers/constrained/plain_policy.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/evaluate/average.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/dual_ascent.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

ConstrainedProblem average(mdp::TabularMdp model, double limit) {
  return {.model = {std::move(model), std::vector<double>{limit}}, .criterion = Criterion::kAverage, .discount = 1};
}

/// In both states: work (reward 1, cost 1) and go to the other, or rest where one is.
ConstrainedProblem work_or_rest(double limit) {
  mdp::TabularMdpBuilder builder(2);
  for (const int s : {0, 1}) {
    builder.add_choice(s, 1.0, {{1 - s, 1.0}}).cost("cost", 1.0);
    builder.add_choice(s, 0.0, {{s, 1.0}}).cost("cost", 0.0);
  }
  return average(std::move(builder).build(), limit);
}

TEST(PlainPolicy, WorksAndRestsWithoutADrawBeforeTheFirstStep) {
  for (const double limit : {.5, .3, .01}) {
    const ConstrainedProblem problem = work_or_rest(limit);
    for (const auto& got : {occupancy_lp(problem), dual_bisection(problem), bundle(problem)}) {
      EXPECT_EQ(got.status, Status::kConverged) << got.algorithm << " " << got.note;
      ASSERT_EQ(got.mixture.num_nodes(), 0) << got.algorithm << " limit " << limit;
      EXPECT_LE(got.budgets[0].cost.upper, limit);
      EXPECT_NEAR(got.expected.value, limit, 1e-6);
      EXPECT_NEAR(mdp::evaluate_average(mdp::PolicyChain(problem.model.model(), got.policy)).gain.value[0], limit,
                  1e-6);
    }
  }
}

// The limit is what the best policy costs: rounding keeps to it by a hair of resting, which nobody wants to read.
TEST(PlainPolicy, OfDualAscentNeitherDrawsForAHairNorHidesAPriceOfNothing) {
  const ConstrainedProblem problem = work_or_rest(1);
  const ConstrainedSolution got = dual_ascent(problem);
  EXPECT_EQ(got.status, Status::kConverged) << got.note;
  EXPECT_EQ(got.iterations, 1);
  ASSERT_EQ(got.mixture.num_nodes(), 0);
  for (const int s : {0, 1}) EXPECT_NEAR(got.policy.probability(problem.model.model(), s, 2 * s), 1, 1e-12) << s;
  EXPECT_LE(got.budgets[0].cost.upper, 1);
  EXPECT_EQ(got.budgets[0].multiplier, 0);
}

// Several policies are averaged on the way; the answer is the frequency with which the last ones work.
TEST(PlainPolicy, OfDualAscentIsStationaryWhereTheMeanIsADraw) {
  for (const double limit : {.5, .3}) {
    const ConstrainedProblem problem = work_or_rest(limit);
    const ConstrainedSolution got = dual_ascent(problem, {}, {.tolerance = 1e-4});
    ASSERT_EQ(got.status, Status::kConverged) << got.note;
    EXPECT_EQ(got.mixture.num_nodes(), 0) << limit;
    EXPECT_LE(got.budgets[0].cost.upper, limit);
    EXPECT_NEAR(got.expected.value, limit, 1e-4);
    EXPECT_FALSE(got.trace.empty());
  }
}

// Where each play ends is a matter of the first step, and a coin there does what a draw before it would.
TEST(PlainPolicy, DrawsOnTheWayWhereThatDecidesWhereThePlayEnds) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{1, 1.0}}).cost("cost", 0.0);
  builder.add_choice(0, 0.0, {{2, 1.0}}).cost("cost", 0.0);
  builder.add_choice(1, 1.0, {{1, 1.0}}).cost("cost", 1.0);
  builder.add_choice(2, 0.0, {{2, 1.0}}).cost("cost", 0.0);
  const mdp::TabularMdp model = std::move(builder).build();
  for (const double limit : {.2, 1.0}) {  // the second is a corner, to which rounding keeps by a hair of the other way
    const ConstrainedProblem problem = average(model, limit);
    for (const auto& got : {occupancy_lp(problem), dual_bisection(problem), bundle(problem)}) {
      ASSERT_EQ(got.mixture.num_nodes(), 0) << got.algorithm << " limit " << limit;
      EXPECT_NEAR(got.policy.probability(model, 0, 0), limit, 1e-6) << got.algorithm;
      EXPECT_LE(got.budgets[0].cost.upper, limit);
    }
  }
}

/// Every choice leads to one or two states, so that most models have several recurrent classes.
mdp::TabularMdp sparse_model(std::uint64_t seed) {
  Stream random(seed);
  const auto below = [&](int n) { return std::min(n - 1, static_cast<int>(random.uniform() * n)); };
  constexpr int kStates = 6;
  mdp::TabularMdpBuilder builder(kStates);
  for (int s = 0; s < kStates; ++s) {
    for (int a = 0, choices = 1 + below(3); a < choices; ++a) {
      const int one = below(kStates), other = below(kStates);
      const double p = one == other || random.uniform() < .5 ? 1 : .25 + .5 * random.uniform();
      std::vector<mdp::Entry> next{{one, p}};
      if (p < 1) next.push_back({other, 1 - p});
      builder.add_choice(s, below(5), next).cost("cost", below(4));
    }
  }
  return std::move(builder).build();
}

TEST(PlainPolicy, MeetsTheLinearProgramInModelsOfSeveralClasses) {
  int stationary = 0, mixed = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const ConstrainedProblem problem = with_binding_limits(average(sparse_model(seed), 0), .4);
    const constrained::Lagrangian on(problem);
    const double optimum = constrained::OccupancyProgram(on, true).solve({}).value;
    for (const auto& got : {occupancy_lp(problem), dual_bisection(problem), bundle(problem)}) {
      EXPECT_LE(got.gap, 1e-5) << got.algorithm << " seed " << seed << " " << got.note;
      EXPECT_NEAR(got.expected.value, optimum, got.gap + 1e-9) << got.algorithm << " seed " << seed;
      const mdp::TabularMdp& model = problem.model.model();
      const bool draws = got.mixture.num_nodes() > 0;
      const mdp::PolicyChain chain = draws ? mdp::PolicyChain(model, got.mixture) : mdp::PolicyChain(model, got.policy);
      const std::vector<double> initial = chain.initial();
      EXPECT_NEAR(mdp::evaluate_average(chain).gain.expected(initial), optimum, got.gap + 1e-9) << seed;
      EXPECT_LE(mdp::evaluate_average(chain, "cost").gain.expected(initial), problem.model.budgets()[0].limit + 1e-12)
          << seed;
      ++(draws ? mixed : stationary);
    }
  }
  RecordProperty("stationary", stationary);
  RecordProperty("mixed", mixed);
  EXPECT_GE(stationary, 150);
}

/// States with more than one choice of positive probability.
int coins(const mdp::TabularMdp& model, const mdp::Policy& policy) {
  int count = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    int played = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      played += policy.probability(model, s, c) > 0 ? 1 : 0;
    count += played > 1 ? 1 : 0;
  }
  return count;
}

/// The least positive probability of a choice.
double least_played(const mdp::TabularMdp& model, const mdp::Policy& policy) {
  double least = 1;
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      if (const double p = policy.probability(model, s, c); p > 0) least = std::min(least, p);
  return least;
}

// With m budgets the program's policy draws in m states at the most, and rounding adds none.
TEST(PlainPolicy, DrawsInNoMoreStatesThanThereAreBudgets) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    for (const int budgets : {1, 2}) {
      ConstrainedProblem problem = binding_problem(
          seed, {.states = 8, .actions = 3, .budgets = budgets, .concentration = .2, .uniform_start = false}, .9);
      const ConstrainedSolution got = occupancy_lp(problem, {}, {.tolerance = 1e-6});
      ASSERT_EQ(got.status, Status::kConverged) << seed;
      EXPECT_EQ(got.violation, 0);
      EXPECT_LE(coins(problem.model.model(), got.policy), budgets) << seed;
      EXPECT_GT(least_played(problem.model.model(), got.policy), 1e-10) << seed;
      problem.criterion = Criterion::kFinite;
      problem.discount = 1;
      problem.horizon = 5;
      problem = with_binding_limits(problem, .4);
      const ConstrainedSolution staged = occupancy_lp(problem, {}, {.tolerance = 1e-6});
      ASSERT_EQ(staged.status, Status::kConverged) << seed;
      int draws = 0;
      for (const mdp::Policy& stage : staged.stages) draws += coins(problem.model.model(), stage);
      EXPECT_LE(draws, budgets) << seed;
    }
  }
}

// What the answer says of its policy is what the policy does, moved coins and all.
TEST(PlainPolicy, IsProvenAfterItsCoinsWereMoved) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ConstrainedProblem problem = binding_problem(seed, {.states = 6, .actions = 3, .budgets = 2}, .9);
    const constrained::Lagrangian on(problem);
    const ConstrainedSolution got = occupancy_lp(problem, {}, {.tolerance = 1e-6});
    const auto collected = on.planner().evaluate({.stationary = got.policy});
    EXPECT_EQ(on.excess(collected), 0) << seed;
    EXPECT_DOUBLE_EQ(collected[0].value, got.expected.value) << seed;
    EXPECT_GE(got.optimum.upper, collected[0].lower) << seed;
    EXPECT_NEAR(got.gap, got.optimum.upper - got.expected.lower, 1e-12) << seed;
  }
}

}  // namespace
}  // namespace bellwether::solvers
