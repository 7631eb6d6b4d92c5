#include "bandits/stochastic/upper_confidence.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/trial.h"

namespace bellwether::bandits {
namespace {

// Reference: pseudo-regret 88.6 +- 0.5 after 10,000 rounds on (0.9, 0.8).
TEST(Ucb1, RegretOnTwoArmsIsTheKnownOne) {
  const auto bandit = find_family("bernoulli-arms")->make({{"means", "0.9/0.8"}}).bandit;
  constexpr int kRuns = 100;
  double sum = 0;
  for (int seed = 0; seed < kRuns; ++seed)
    sum += play(*bandit, "ucb1", {}, Stream(11).child(seed), {.length = 10'000, .checkpoints = {10'000}}).value(0, 0);
  EXPECT_NEAR(sum / kRuns, 88.6, 0.04 * 88.6);
}

TEST(Ucb1, IndexAfterTwoRoundsByHand) {
  const auto agent = make_ucb1({.arms = 2}, {}, Stream(0));
  const Round round{.number = 1, .arms = 2};
  EXPECT_EQ(agent->choose(round), 0);
  agent->learn({.round = 1, .arm = 0, .reward = 1});
  EXPECT_EQ(agent->choose(round), 1);
  agent->learn({.round = 2, .arm = 1, .reward = 0});
  EXPECT_EQ(agent->choose(round), 0);
  EXPECT_DOUBLE_EQ(*agent->optimistic_mean(0), 1 + std::sqrt(2 * std::log(2)));
}

}  // namespace
}  // namespace bellwether::bandits
