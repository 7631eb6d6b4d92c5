#include "solvers/exact/total/bound_check.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/total/total_reward.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;

/// 0: try (a quarter each to the goal 2 and the trap 3, else 1) or rest in 0; 1 returns to 0.
mdp::TabularMdp try_or_rest() {
  mdp::TabularMdpBuilder builder(4);
  builder.add_choice(0, 0, {{2, .25}, {3, .25}, {1, .5}}).add_choice(0, 0, {{0, 1.0}});
  builder.add_choice(1, 0, {{0, 1.0}}).add_choice(2, 0, {{2, 1.0}}).add_choice(3, 0, {{3, 1.0}});
  return std::move(builder).build();
}

Problem reach(Direction direction) {
  return {.model = try_or_rest(), .criterion = Criterion::kReach, .direction = direction, .target = {2}};
}

const mdp::Policy kTry = mdp::Policy::deterministic({0, 0, 0, 0});
const mdp::Policy kRest = mdp::Policy::deterministic({1, 0, 0, 0});

TEST(BoundCheck, AcceptsTheTruthAndWhatIsWeaker) {
  const Problem problem = reach(Direction::kMaximise);
  const double bit = 1e-14;  // rounding needs a little room
  EXPECT_TRUE(check_total_bounds(problem, false, kTry, Eigen::Vector4d{.5 - bit, .5 - bit, 1, 0},
                                 Eigen::Vector4d{.5 + bit, .5 + bit, 1, 0})
                  .holds);
  EXPECT_TRUE(
      check_total_bounds(problem, false, kTry, Eigen::Vector4d{.4, .4, 1, 0}, Eigen::Vector4d{.6, .6, 1, 0}).holds);
}

TEST(BoundCheck, RejectsALowerBoundThatOnlyAFixedPointSupports) {
  // Resting for ever supports any number in 0: L <= T L holds with equality, and proves nothing.
  const Problem problem = reach(Direction::kMaximise);
  const BoundCheck check =
      check_total_bounds(problem, false, kRest, Eigen::Vector4d{.5, .5, 1, 0}, Eigen::Vector4d{1, 1, 1, 0});
  EXPECT_FALSE(check.holds);
  EXPECT_EQ(check.state, 0);
  EXPECT_THAT(check.reason, HasSubstr("rests here"));
}

TEST(BoundCheck, RejectsWrongNumbers) {
  const Problem problem = reach(Direction::kMaximise);
  const Eigen::Vector4d truth{.5, .5, 1, 0};
  const auto holds = [&](const Eigen::Vector4d& lower, const Eigen::Vector4d& upper) {
    return check_total_bounds(problem, false, kTry, lower, upper).holds;
  };
  const double bit = 1e-15;
  EXPECT_FALSE(holds({.5 + bit, .5 + bit, 1, 0}, {1, 1, 1, 0}));  // lower too high
  EXPECT_FALSE(holds(truth, {.5 - bit, .5 - bit, 1, 0}));         // upper below lower
  EXPECT_FALSE(holds({0, 0, 1, 0}, {.5 - bit, .5 - bit, 1, 0}));  // upper too low
  EXPECT_FALSE(holds({0, 0, 0, 0}, {1, 1, .9, 0}));               // target below one
  EXPECT_FALSE(holds({0, 0, 1.1, 0}, {1, 1, 1.1, 0}));            // target above one
  EXPECT_FALSE(holds({0, 0, 1, .1}, {1, 1, 1, .1}));              // the trap is worth nothing
  EXPECT_FALSE(holds({0, 0, 1, -.1}, {1, 1, 1, -.1}));            // nor less
}

TEST(BoundCheck, MinimisingSwapsTheRoles) {
  const Problem problem = reach(Direction::kMinimise);
  const Eigen::Vector4d truth{0, 0, 1, 0};
  EXPECT_TRUE(check_total_bounds(problem, false, kRest, truth, truth).holds);
  // Trying attains 1/2 only: the upper bound 0 is not its value.
  EXPECT_FALSE(check_total_bounds(problem, false, kTry, truth, truth).holds);
  // A lower bound above zero where one can rest.
  EXPECT_FALSE(
      check_total_bounds(problem, false, kRest, Eigen::Vector4d{.1, .1, 1, 0}, Eigen::Vector4d{.5, .5, 1, 0}).holds);
}

TEST(BoundCheck, AGoalThatMustBeReachedForbidsResting) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 2, {{1, 1.0}}).add_choice(0, 0, {{0, 1.0}}).add_choice(1, 0, {{1, 1.0}});
  const Problem problem{.model = std::move(builder).build(),
                        .criterion = Criterion::kTotal,
                        .direction = Direction::kMinimise,
                        .target = {1}};
  const mdp::Policy go = mdp::Policy::deterministic({0, 0}), stay = mdp::Policy::deterministic({1, 0});
  const Eigen::Vector2d two{2 - 1e-14, 0}, above{2 + 1e-14, 0}, zero{0, 0};
  EXPECT_TRUE(check_total_bounds(problem, true, go, two, above).holds);
  EXPECT_FALSE(check_total_bounds(problem, true, stay, two, above).holds);
  EXPECT_FALSE(check_total_bounds(problem, false, go, two, above).holds);
  EXPECT_TRUE(check_total_bounds(problem, false, stay, zero, zero).holds);
  EXPECT_FALSE(check_total_bounds(problem, true, stay, zero, zero).holds);
  // The reward itself is read to half an ulp: bounds equal to the double cannot be proven.
  EXPECT_FALSE(check_total_bounds(problem, true, go, Eigen::Vector2d{2, 0}, Eigen::Vector2d{2, 0}).holds);
}

TEST(BoundCheck, RefusesWhatItCannotRead) {
  const Problem problem = reach(Direction::kMaximise);
  EXPECT_THROW(check_total_bounds(problem, false, kTry, Eigen::Vector2d{0, 0}, Eigen::Vector2d{0, 0}), InvalidOption);
  Problem other = problem;
  other.criterion = Criterion::kAverage;
  EXPECT_THROW(check_total_bounds(other, false, kTry, Eigen::Vector4d::Zero(), Eigen::Vector4d::Ones()), InvalidOption);
}

}  // namespace
}  // namespace bellwether::solvers
