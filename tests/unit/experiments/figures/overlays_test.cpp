#include "experiments/figures/overlays.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "experiments/engine/grid.h"

namespace bellwether::experiments {
namespace {

std::optional<Overlay> bound_of(const std::string& instance, const std::string& learner,
                                const std::vector<std::int64_t>& at) {
  const Grid grid = expand({.instances = {parse_entry(instance)}, .learners = {parse_entry(learner)}});
  return lower_bound(grid.instances[0], grid.learners[0], at);
}

// Two choices, depth 3, nine stages, three of them to wait: a right choice brings three times the advantage, and one
// triple of 24 is right.
TEST(LowerBound, OfTheTreeIsThatOfItsOwnAdvantage) {
  const auto bound = bound_of("hard-tree:advantage=0.1", "psrl", {1, 100, 1'000'000});
  ASSERT_TRUE(bound.has_value());
  EXPECT_LE(bound->y[0], 0.3 * 23 / 24) << "no more than one episode can lose on the average";
  EXPECT_GT(bound->y[1], 0);
  const auto small = bound_of("hard-tree:advantage=0.001", "psrl", {20'000});
  ASSERT_TRUE(small.has_value());
  EXPECT_LE(small->y[0], 20'000 * 0.003 * 23 / 24) << "what playing a random triple loses";
  EXPECT_FALSE(bound_of("hard-tree:advantage=0.3", "psrl", {10}).has_value()) << "beyond the proof";
}

TEST(LowerBound, OfTheLongRunHoldsForTheStepsThatTheAdvantageIsMadeFor) {
  EXPECT_FALSE(bound_of("jao:advantage=0.0001", "ucrl2", {10, 100'000}).has_value());
  const std::string hard = "jao:states=10:actions=10:diameter=40:hardest_for=100000";
  const auto bound = bound_of(hard, "ucrl2", {10, 100'000});
  ASSERT_TRUE(bound.has_value());
  EXPECT_TRUE(std::isnan(bound->y[0]));
  EXPECT_DOUBLE_EQ(bound->y[1], 0.015 * std::sqrt(40.0 * 10 * 10 * 100'000));
  EXPECT_FALSE(bound_of(hard, "ucrl2", {10, 99'999}).has_value());
  EXPECT_FALSE(bound_of("jao:states=6:actions=5:diameter=40:hardest_for=100000", "ucrl2", {100'000}).has_value())
      << "the theorem wants ten states and ten choices";
}

TEST(LowerBound, FromSamplesNeedsLoopsThatAreAlike) {
  EXPECT_TRUE(bound_of("generative-gadget:advantage=0", "q-learning", {100}).has_value());
  EXPECT_FALSE(bound_of("generative-gadget:advantage=0.01", "q-learning", {100}).has_value());
}

std::optional<Overlay> promise_of(const std::string& instance, const std::string& learner, std::int64_t rounds,
                                  const std::vector<std::int64_t>& at) {
  const Grid grid =
      expand({.instances = {parse_entry(instance)}, .learners = {parse_entry(learner)}, .rounds = rounds});
  return upper_bound(grid.instances[0], grid.learners[0], at);
}

TEST(BanditBound, HasTheConstantsOfItsTheorem) {
  const std::string coins = "bernoulli-arms:means=0.9/0.8";
  const auto ucb1 = promise_of(coins, "ucb1", 1000, {10, 1000});
  ASSERT_TRUE(ucb1.has_value());
  EXPECT_NEAR(ucb1->y[0], 80 * std::log(10.0) + (1 + M_PI * M_PI / 3) * 0.1, 1e-9);
  const auto moss = promise_of(coins, "moss", 1000, {10, 1000});
  ASSERT_TRUE(moss.has_value());
  EXPECT_NEAR(moss->y[1], 39 * 0.5 * std::sqrt(2000.0) + 0.1, 1e-9);
  EXPECT_EQ(moss->y[0], moss->y[1]) << "a level: its index is made for round 1000";
  const auto fixed = promise_of(coins, "exp3", 1000, {10, 1000}),
             anytime = promise_of(coins, "exp3:schedule=anytime", 1000, {10, 1000});
  ASSERT_TRUE(fixed && anytime);
  EXPECT_NEAR(fixed->y[0], std::sqrt(2 * 1000 * 2 * std::log(2.0)), 1e-9);
  EXPECT_NEAR(anytime->y[0], 2 * std::sqrt(10 * 2 * std::log(2.0)), 1e-9);
}

TEST(BanditBound, IsNotDrawnWhereItsConditionsFail) {
  EXPECT_TRUE(promise_of("bernoulli-arms", "ucb-delta", 1000, {1000}).has_value());
  EXPECT_FALSE(promise_of("bernoulli-arms", "ucb-delta:delta=0.1", 1000, {1000}).has_value()) << "another level";
  EXPECT_TRUE(promise_of("bernoulli-arms", "exp3", 1000, {1000}).has_value());
  EXPECT_FALSE(promise_of("bernoulli-arms", "exp3:eta=0.1", 1000, {1000}).has_value()) << "another rate";
  EXPECT_FALSE(promise_of("piecewise-arms", "exp3", 1000, {1000}).has_value()) << "the best arm changes";
  EXPECT_FALSE(promise_of("corrupted-arms", "tsallis-inf", 1000, {1000}).has_value()) << "what is seen is not regret";
  EXPECT_TRUE(promise_of("circle-arms", "oful", 1000, {1000}).has_value());
  EXPECT_FALSE(promise_of("circle-arms:length=1.5", "oful", 1000, {1000}).has_value()) << "gaps above 2";
  EXPECT_FALSE(promise_of("circle-arms:coins=true:length=0.4:intercept=0.5", "oful", 1000, {1000}).has_value())
      << "features longer than 1";
  EXPECT_FALSE(promise_of("circle-arms", "oful:lambda=0.5", 1000, {1000}).has_value());
}

TEST(BanditBound, FromBelowIsOfThisInstanceOrOfItsFamily) {
  const auto at = std::vector<std::int64_t>{100, 10'000};
  const auto bound = [&](const std::string& instance) {
    const Grid grid =
        expand({.instances = {parse_entry(instance)}, .learners = {parse_entry("oful")}, .rounds = 10'000});
    return lower_bound(grid.instances[0], grid.learners[0], at);
  };
  const auto optimism = bound("end-of-optimism");
  ASSERT_TRUE(optimism.has_value());
  EXPECT_NEAR(optimism->y[0], 128 * std::log(100.0), 1e-3);
  const auto cube = bound("hypercube-arms:dimension=5:gap=0.01");
  ASSERT_TRUE(cube.has_value());
  EXPECT_TRUE(std::isnan(cube->y[0]));
  EXPECT_NEAR(cube->y[1], std::exp(-2.0) / 8 * 5 * 100, 1e-9);
  EXPECT_FALSE(bound("hypercube-arms:dimension=5:gap=0.02").has_value());
  EXPECT_FALSE(bound("hypercube-arms:dimension=5:gap=0.01:intercept=1").has_value()) << "six coordinates, 32 arms";
}

}  // namespace
}  // namespace bellwether::experiments
