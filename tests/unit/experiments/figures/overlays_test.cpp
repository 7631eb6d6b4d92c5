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

}  // namespace
}  // namespace bellwether::experiments
