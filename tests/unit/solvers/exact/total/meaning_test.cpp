#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/total/bound_check.h"
#include "solvers/exact/total/gain_sign.h"

#include "enumeration.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Problem total(mdp::TabularMdp model, Direction direction, std::vector<std::int32_t> goal = {}) {
  return {.model = std::move(model), .criterion = Criterion::kTotal, .direction = direction, .target = std::move(goal)};
}

/// 0 pays 1 to go to the goal 2 or, for nothing, falls into the trap 1.
mdp::TabularMdp trap_or_goal() {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 1, {{2, 1.0}}).add_choice(0, 0, {{1, 1.0}});
  builder.add_choice(1, 0, {{1, 1.0}}).add_choice(2, 0, {{2, 1.0}});
  return std::move(builder).build();
}

TEST(Meaning, ACostWithAGoalPaysToGetThere) {
  for (const auto& solve : test::planners()) {
    const Solution got = solve.solve(total(trap_or_goal(), Direction::kMinimise, {2}), {}, {});
    EXPECT_EQ(got.status, Status::kConverged) << solve.name;  // state 1 is not the initial state
    EXPECT_NEAR(got.value[0], 1, 1e-9) << solve.name;
    EXPECT_EQ(got.value[1], kInfinity) << solve.name;
    EXPECT_EQ(got.value[2], 0) << solve.name;
    EXPECT_LE(got.gap, 1e-9) << solve.name;
    EXPECT_THAT(got.note, HasSubstr("first: state 1")) << solve.name;
    EXPECT_THAT(got.note, HasSubstr("no policy reaches the goal")) << solve.name;
    EXPECT_EQ(got.policy.choices()[0], 0) << solve.name;
  }
}

TEST(Meaning, AGoalThatNeedNotBeReachedOnlyEndsThePlay) {
  const Problem problem = total(trap_or_goal(), Direction::kMinimise, {2});
  const Solution got = total_auto(problem, {{.must_reach_goal = "no", .relative = false}, 300, 300});
  EXPECT_EQ(got.value[0], 0);
  EXPECT_EQ(got.value[1], 0);
  EXPECT_EQ(got.policy.choices()[0], 1);
  // Rewards are maximised without the duty: a hole is worth nothing, not minus infinity.
  EXPECT_FALSE(must_reach_goal(total(trap_or_goal(), Direction::kMaximise, {2}), {}));
  EXPECT_TRUE(must_reach_goal(problem, {}));
  EXPECT_FALSE(must_reach_goal(total(trap_or_goal(), Direction::kMinimise), {}));
}

TEST(Meaning, NoWayToTheGoalIsInfeasible) {
  Problem problem = total(trap_or_goal(), Direction::kMinimise, {2});
  problem.model = problem.model.with_initial({0, 1, 0});
  for (const auto& solve : test::planners()) EXPECT_EQ(solve.solve(problem, {}, {}).status, Status::kInfeasible);
}

TEST(Meaning, CollectingForEverIsUnboundedWhereItIsWithinReach) {
  // 0 may enter the loop {1, 2} that pays 1 a round, or end in 3; 4 can only end.
  mdp::TabularMdpBuilder builder(5);
  builder.add_choice(0, 0, {{3, 1.0}}).add_choice(0, -5, {{1, .1}, {3, .9}});
  builder.add_choice(1, 0, {{2, 1.0}}).add_choice(2, 1, {{1, 1.0}}).add_choice(2, 0, {{3, 1.0}});
  builder.add_choice(3, 0, {{3, 1.0}}).add_choice(4, 7, {{3, 1.0}});
  const Problem problem = total(std::move(builder).build(), Direction::kMaximise);
  for (const auto& solve : test::planners()) {
    const Solution got = solve.solve(problem, {}, {});
    EXPECT_EQ(got.status, Status::kUnbounded) << solve.name;
    EXPECT_THAT(got.note, HasSubstr("3 states have an infinite value (first: state 0)")) << solve.name;
    for (const int s : {0, 1, 2}) EXPECT_EQ(got.lower[s], kInfinity) << solve.name;
    EXPECT_EQ(got.value[3], 0) << solve.name;
    EXPECT_NEAR(got.value[4], 7, 1e-9) << solve.name;
    EXPECT_LE(got.gap, 1e-9) << solve.name;
    EXPECT_EQ(test::policy_value(problem, got.policy, false)[0], kInfinity) << solve.name;
    EXPECT_TRUE(check_total_bounds(problem, false, got.policy, got.lower, got.upper).holds) << solve.name;
  }
}

/// 0 <-> 1 with rewards `there` and `back`, and a way out of 0 that pays 3.
mdp::TabularMdp swap_with_exit(double there, double back) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, there, {{1, 1.0}}).add_choice(0, 3, {{2, 1.0}});
  builder.add_choice(1, back, {{0, 1.0}}).add_choice(2, 0, {{2, 1.0}});
  return std::move(builder).build();
}

TEST(Meaning, GainsAndLossesThatBalanceForEverAreRefused) {
  for (const auto& solve : test::planners()) {
    EXPECT_THAT([&] { solve.solve(total(swap_with_exit(1, -1), Direction::kMaximise), {}, {}); },
                ThrowsMessage<InvalidModel>(HasSubstr("2 states around state 0")));
  }
}

TEST(Meaning, TheAverageDecidesAComponentWithBothSigns) {
  for (const auto& solve : test::planners()) {
    const Solution winning = solve.solve(total(swap_with_exit(2, -1), Direction::kMaximise), {}, {});
    EXPECT_EQ(winning.status, Status::kUnbounded) << solve.name;
    EXPECT_EQ(winning.policy.choices()[0], 0) << solve.name;
    const Solution losing = solve.solve(total(swap_with_exit(1, -2), Direction::kMaximise), {}, {});
    EXPECT_EQ(losing.status, Status::kConverged) << solve.name << losing.note;
    EXPECT_NEAR(losing.value[0], 3, 1e-9) << solve.name;
    EXPECT_NEAR(losing.value[1], 1, 1e-9) << solve.name;
    EXPECT_EQ(losing.policy.choices()[0], 1) << solve.name;
  }
}

TEST(Meaning, MinimisingMirrorsMaximising) {
  const Solution most = total_auto(total(swap_with_exit(1, -2), Direction::kMaximise));
  const Solution least =
      total_auto(total(swap_with_exit(1, -2).with_expected_rewards({-1, -3, 2, 0}), Direction::kMinimise));
  EXPECT_EQ(most.value, -least.value);
  EXPECT_EQ(most.lower, -least.upper);
}

TEST(Meaning, WrongCriteriaAndOptionsAreNamed) {
  Problem problem = total(trap_or_goal(), Direction::kMinimise);
  EXPECT_THAT(
      [&] {
        total_auto(problem, {{.must_reach_goal = "yes", .relative = false}, 1, 1});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("names no goal")));
  EXPECT_THAT(
      [&] {
        total_auto(problem, {{.must_reach_goal = "perhaps", .relative = false}, 1, 1});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("'must_reach_goal'")));
  EXPECT_THAT(
      [&] {
        total_auto(problem, {{}, -1, 1});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("'direct_up_to' is -1")));
  problem.criterion = Criterion::kAverage;
  for (const auto& solve : test::planners()) {
    EXPECT_THAT([&] { solve.solve(problem, {}, {}); }, ThrowsMessage<InvalidOption>(HasSubstr("average criterion")));
  }
}

TEST(Meaning, AnswersThatTheGraphGivesAreExact) {
  mdp::TabularMdpBuilder builder(4);
  builder.add_choice(0, 0, {{0, .5}, {1, .5}}).add_choice(0, 0, {{3, 1.0}});
  builder.add_choice(1, 0, {{2, .3}, {0, .7}}).add_choice(2, 0, {{2, 1.0}}).add_choice(3, 0, {{3, 1.0}});
  Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kReach, .target = {2}};
  for (const auto& solve : test::planners()) {
    const Solution most = solve.solve(problem, {}, {});
    EXPECT_EQ(most.lower, (Eigen::Vector4d{1, 1, 1, 0})) << solve.name;
    EXPECT_EQ(most.gap, 0) << solve.name;
    EXPECT_EQ(most.policy.choices()[0], 0) << solve.name;
    Problem least = problem;
    least.direction = Direction::kMinimise;
    const Solution got = solve.solve(least, {}, {});
    EXPECT_EQ(got.value[0], 0) << solve.name;
    EXPECT_EQ(got.policy.choices()[0], 1) << solve.name;
    EXPECT_LE(got.lower[1], .3) << solve.name;
    EXPECT_GE(got.upper[1], .3) << solve.name;
  }
}

TEST(GainSign, IsProvenOrUndecided) {
  const auto sign_of = [](double there, double back, std::vector<std::int64_t>& choice) {
    const std::vector<std::int32_t> members{0, 1};
    return total::gain_sign(swap_with_exit(there, back), 1, members, {1, 0, 1, 0}, choice);
  };
  std::vector<std::int64_t> choice(3, -1);
  EXPECT_EQ(sign_of(1, -1, choice), total::GainSign::kUndecided);
  EXPECT_EQ(sign_of(1, -1.001, choice), total::GainSign::kNegative);
  EXPECT_EQ(sign_of(1.001, -1, choice), total::GainSign::kPositive);
  EXPECT_EQ(choice[0], 0);
  EXPECT_EQ(choice[1], 2);
}

}  // namespace
}  // namespace bellwether::solvers
