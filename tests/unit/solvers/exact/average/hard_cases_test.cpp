// Small models on which rounding, limits or nearly closed regions have misled planners of average rewards.

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "mdp/evaluate/gain_and_bias.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/riverswim.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/abandonable.h"
#include "solvers/exact/average/average_policy_iteration.h"
#include "solvers/exact/average/multichain_value_iteration.h"
#include "solvers/exact/average/relative_value_iteration.h"
#include "solvers/exact/lp/linear_programming.h"
#include "tests/support/random_models.h"

namespace bellwether::solvers {
namespace {

Problem average(mdp::TabularMdpBuilder builder, Direction direction = Direction::kMaximise) {
  return {.model = std::move(builder).build(), .criterion = Criterion::kAverage, .direction = direction};
}

/// The gain of the policy returned lies in its interval, and the optimum, if it is known, too.
void expect_true(const Problem& problem, const Solution& got, double optimum, int state = 0) {
  ASSERT_FALSE(got.policy.empty()) << got.note;
  const Eigen::VectorXd earned = mdp::gain_and_bias(mdp::induced_chain(problem.model, got.policy)).gain;
  EXPECT_LE(got.lower[state], optimum) << got.note;
  EXPECT_GE(got.upper[state], optimum) << got.note;
  for (int s = 0; s < problem.model.num_states(); ++s) {
    EXPECT_LE(got.lower[s], earned[s] + 1e-12) << "state " << s << " " << got.note;
    EXPECT_GE(got.upper[s], earned[s] - 1e-12) << "state " << s << " " << got.note;
    EXPECT_TRUE(std::isfinite(got.value[s])) << "state " << s << " " << got.note;
  }
}

// On its way to the optimum Howard's iteration meets policies that swim right from some state on and drift left before
// it: one recurrent class, whose gain the transient states have exactly. Rounding there once undid each step.
TEST(AverageHardCases, PolicyIterationSwimsUpAnyRiver) {
  for (const int states : {7, 8, 9, 18, 60, 200}) {
    const Problem problem{.model = mdp::riverswim({.states = states}).model, .criterion = Criterion::kAverage};
    const Solution got = average_policy_iteration(problem, {}, {.tolerance = 1e-10, .max_iterations = 1000});
    EXPECT_EQ(got.status, Status::kConverged) << states;
    EXPECT_LE(got.iterations, states + 5);
    const Solution other = relative_value_iteration(problem, {}, {.tolerance = 1e-8});
    EXPECT_NEAR(got.value[0], other.value[0], got.gap + other.gap);
  }
}

// Policies whose gains differ by less than rounding can tell: the iteration comes round and stops, its bounds true.
TEST(AverageHardCases, PolicyIterationEndsWhenRoundingMovesIt) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{2, 0.5285446640726407}, {1, 0.4714553359273593}})
      .add_choice(0, 3.0, {{1, 1.0}})
      .add_choice(1, 3.0, {{0, 1e-5}, {2, 1e-9}, {1, 0.999989999}})
      .add_choice(1, 3.0, {{0, 1.0}})
      .add_choice(2, 3.0, {{2, 1.0}})
      .add_choice(2, 1.0, {{2, 0.4}, {1, 0.6}});
  const Problem problem = average(std::move(builder));
  for (const double margin : {0.0, 1e-11}) {
    const Solution got = average_policy_iteration(problem, {.margin = margin}, {.max_iterations = 10'000});
    EXPECT_LT(got.iterations, 100);
    expect_true(problem, got, 3);
  }
  expect_true(problem, average_auto(problem, {}), 3);
}

// Without a margin the choices are told apart down to the rounding of the equations, and no further.
TEST(AverageHardCases, PolicyIterationNeedsNoMargin) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Problem problem{.model = test::random_model(Stream(9).child(seed)), .criterion = Criterion::kAverage};
    const Solution got = average_policy_iteration(problem, {.margin = 0});
    EXPECT_EQ(got.status, Status::kConverged) << seed << ": " << got.note;
    EXPECT_EQ(got.iterations, average_policy_iteration(problem).iterations) << seed;
  }
}

TEST(AverageHardCases, RewardsTooSmallForAMarginEndToo) {
  const double tiny = std::numeric_limits<double>::denorm_min();
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, tiny, {{0, 0.5}, {0, 0.5}})
      .add_choice(0, -tiny, {{0, 0.9999999999}})
      .add_choice(0, 0.0, {{0, 1.0}});
  const Solution got = average_policy_iteration(average(std::move(builder)), {}, {.max_iterations = 10'000});
  EXPECT_LT(got.iterations, 100);
  EXPECT_LE(got.lower[0], tiny);
  EXPECT_GE(got.upper[0], tiny);
}

// A region left once in 10^17 steps: its bias is of that size, and the stopping problem hopelessly conditioned.
TEST(AverageHardCases, NearlyClosedRegions) {
  mdp::TabularMdpBuilder builder(5);
  builder.add_choice(0, -1.0, {{0, 1.0}})
      .add_choice(0, 0.0, {{1, 1e-17}, {3, 1e-17}, {1, 1.0}})
      .add_choice(1, -1.0, {{4, 1.0}})
      .add_choice(2, -1.0, {{0, 1.0}})
      .add_choice(3, -1.0, {{3, 1.0}})
      .add_choice(4, 0.0, {{0, 1.0}});
  const Problem problem = average(std::move(builder), Direction::kMinimise);
  for (const Solution& got :
       {average_auto(problem, {}), average_policy_iteration(problem), linear_programming(problem)}) {
    EXPECT_EQ(got.status, Status::kConverged) << got.note;
    expect_true(problem, got, -1);
  }
}

TEST(AverageHardCases, BiasesBeyondDoubleArithmetic) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 1.0}}).add_choice(0, 2.0, {{1, 1e-300}, {0, 1.0}}).add_choice(1, 0.0, {{1, 1.0}});
  const Problem problem = average(std::move(builder));
  const Solution got = average_auto(problem, {});
  EXPECT_EQ(got.status, Status::kConverged) << got.note;
  EXPECT_LE(got.lower[0], 1);
  EXPECT_GE(got.upper[0], 1);
}

// g + h = r + P h holds for what is printed as the bias, or nothing is printed.
TEST(AverageHardCases, NoBiasIsBetterThanAWrongOne) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 1.0, {{1, 1.0}})
      .add_choice(0, 0.0, {{1, 1.0}, {2, 1e-17}})
      .add_choice(1, 1.0, {{0, 1.0}})
      .add_choice(2, 2.0, {{2, 1.0}});
  const Problem problem = average(std::move(builder));
  for (const Solution& got : {average_auto(problem, {}), multichain_value_iteration(problem)}) {
    EXPECT_GE(got.upper[0], 2);
    if (got.bias.size() == 0) continue;
    for (int s = 0; s < 3; ++s) {
      const std::int64_t c = problem.model.first_choice(s) + got.policy.choices()[static_cast<std::size_t>(s)];
      double rest = problem.model.reward(c) - got.value[s];
      for (std::size_t k = 0; k < problem.model.successors(c).size(); ++k)
        rest += problem.model.probabilities(c)[k] * (got.bias[problem.model.successors(c)[k]] - got.bias[s]);
      EXPECT_NEAR(rest, 0, 1e-4) << s;
    }
  }
}

// A reward of 0.1 in a file is 1/10, which the double next to it is not.
TEST(AverageHardCases, BoundsHoldTheRewardAsWritten) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 0.1, {{0, 1.0}});
  const Problem problem = average(std::move(builder));
  for (const Solution& got :
       {average_auto(problem, {}), relative_value_iteration(problem), multichain_value_iteration(problem)}) {
    EXPECT_LT(got.lower[0], 0.1);
    EXPECT_GT(got.upper[0], 0.1);
  }
}

TEST(AverageHardCases, AnIterationLimitLeavesTrueBounds) {
  mdp::TabularMdpBuilder separate(3);
  for (int s = 0; s < 3; ++s) separate.add_choice(s, s + 1.0, {{s, 1.0}});
  const Problem islands = average(std::move(separate));
  mdp::TabularMdpBuilder joined(2);
  joined.add_choice(0, 0.0, {{0, 1.0}})
      .add_choice(0, 2.0, {{1, 1.0}})
      .add_choice(1, 2.0, {{0, 1.0}})
      .add_choice(1, 3.0, {{1, 1.0}});
  const Problem two = average(std::move(joined));
  for (const std::int64_t limit : {1, 2, 3, 4, 5, 10}) {
    const Solution apart = multichain_value_iteration(islands, {}, {.tolerance = 1e-12, .max_iterations = limit});
    for (int s = 0; s < 3; ++s) expect_true(islands, apart, s + 1.0, s);
    // The greedy policy of the last sweep: staying in 0 would lose 3.
    const Solution got = relative_value_iteration(two, {}, {.tolerance = 1e-12, .max_iterations = limit});
    EXPECT_EQ(got.status, Status::kBudgetExhausted);
    expect_true(two, got, 3);
  }
}

/// States that are left with a chance of 1e-300, on the way to components of different gains.
Problem hardly_left() {
  mdp::TabularMdpBuilder builder(6);
  builder.add_choice(0, -4, {{1, 1e-300}, {3, 1.0}})
      .add_choice(1, -1, {{1, 1.0}})
      .add_choice(1, 2, {{1, 1.0}})
      .add_choice(2, -3, {{2, 1.0}})
      .add_choice(2, -3, {{0, 1.0}})
      .add_choice(3, 2, {{3, 0.8560404038673399}, {4, 0.1439595961326601}})
      .add_choice(3, -2, {{2, 1.0}})
      .add_choice(4, -2, {{5, 8.0 / 9}, {1, 1.0 / 9}})
      .add_choice(5, 5, {{5, 1.0}})
      .add_choice(5, 5, {{0, 0.1}, {5, 0.9}});
  return average(std::move(builder));
}

// Nothing lies outside the rewards: there is always a bound, so "numerical trouble" (nothing proven) would be wrong.
TEST(AverageHardCases, BoundsAreNeverNumericalTrouble) {
  const Problem problem = hardly_left();
  const Solution by_policies = average_policy_iteration(problem), by_sweeps = multichain_value_iteration(problem),
                 chosen = average_auto(problem, {}), by_program = linear_programming(problem);
  for (const Solution* got : {&by_policies, &by_sweeps, &chosen, &by_program}) {
    EXPECT_TRUE(got->status == Status::kRoundingLimited || got->status == Status::kConverged)
        << got->algorithm << " " << to_string(got->status);
    expect_true(problem, *got, 14.0 / 3);
    EXPECT_TRUE(std::isfinite(got->gap)) << got->algorithm;
  }
}

// The factors fill in: a second of work that cannot be interrupted from inside.
TEST(AverageHardCases, AnObserverIsHeardInsideAFactorisation) {
  const Problem problem{.model = mdp::garnet({.states = 2500, .actions = 2, .successors = 8}).model,
                        .criterion = Criterion::kAverage};
  int asked = 0;
  const Solution got =
      average_policy_iteration(problem, {}, {.observer = [&](const TraceRow&) { return ++asked < 2; }});
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.iterations, 0);
  EXPECT_EQ(num_abandoned(), 1);
  EXPECT_TRUE(std::isfinite(got.gap));
  EXPECT_FALSE(got.policy.empty());
  while (num_abandoned() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const Solution alone = relative_value_iteration(problem, {});
  EXPECT_LE(got.lower[0], alone.upper[0]);
  EXPECT_GE(got.upper[0], alone.lower[0]);
}

}  // namespace
}  // namespace bellwether::solvers
