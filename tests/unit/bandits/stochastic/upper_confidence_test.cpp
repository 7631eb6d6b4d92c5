#include "bandits/stochastic/upper_confidence.h"

#include <cmath>

#include <gtest/gtest.h>

namespace bellwether::bandits {
namespace {

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

// The factor is on the whole width, so a quarter of sigma does what a constant of a quarter does.
TEST(UpperConfidence, TheConstantScalesTheWholeWidth) {
  const auto index = [](const char* constant, double sigma, auto make, auto options) {
    options.constant = constant;
    const auto agent = make({.arms = 1, .rounds = 100, .sigma = sigma}, options, Stream(0));
    const Round round{.number = 1, .arms = 1};
    for (const double reward : {0.0, 1.0, 1.0, 0.0}) {
      agent->choose(round);
      agent->learn({.round = 1, .arm = 0, .reward = reward});
    }
    agent->choose(round);
    return *agent->optimistic_mean(0) - 0.5;
  };
  EXPECT_DOUBLE_EQ(index("0.25", 1, make_ucb, UcbOptions{}), index("theory", 0.25, make_ucb, UcbOptions{}));
  EXPECT_DOUBLE_EQ(index("0.25", 1, make_moss, MossOptions{}), index("theory", 0.25, make_moss, MossOptions{}));
  EXPECT_DOUBLE_EQ(index("practical", 1, make_ucb_delta, UcbDeltaOptions{}),
                   std::sqrt(2 * std::log(100) / 4));  // delta = 1 / T
  EXPECT_DOUBLE_EQ(index("0.25", 1, make_ucb1, Ucb1Options{}), index("theory", 1, make_ucb1, Ucb1Options{}) / 4);
  EXPECT_DOUBLE_EQ(index("0.25", 1, make_ucb_v, UcbVOptions{}), index("theory", 1, make_ucb_v, UcbVOptions{}) / 4);
}

}  // namespace
}  // namespace bellwether::bandits
