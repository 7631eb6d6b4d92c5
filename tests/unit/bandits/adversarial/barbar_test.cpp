#include "bandits/adversarial/barbar.h"

#include <cmath>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;

/// Epochs of the first kind are 2 x 10 rounds long.
BarbarOptions short_epochs(const World& world) {
  const double theory =
      1024 * std::log(8 * world.arms * std::log2(static_cast<double>(world.rounds)) / BarbarOptions{}.delta);
  return {.constant = fmt::format("{:.17g}", 10 / theory)};
}

TEST(Barbar, GapsByHand) {
  const World world{.arms = 2, .rounds = 1024};
  const auto agent = make_barbar(world, short_epochs(world), Stream(1));
  int played[2] = {0, 0};
  std::int64_t t = 0;
  do {
    const int arm = agent->choose({.number = ++t, .arms = 2});
    EXPECT_THAT(agent->probabilities(), ElementsAre(0.5, 0.5)) << t;
    ++played[arm];
    agent->learn({.round = t, .arm = arm, .reward = arm == 0 ? 1 : 0.125});
  } while (t < 20);
  agent->choose({.number = 21, .arms = 2});
  // Of 10 planned plays each, and gaps of 1 so far.
  const double r0 = played[0] / 10.0, r1 = 0.125 * played[1] / 10, best = std::max(r0, r1) - 1.0 / 16;
  const double gap0 = std::max(0.5, best - r0), gap1 = std::max(0.5, best - r1);
  EXPECT_GT(gap1, 0.5);
  const double n0 = 10 / (gap0 * gap0), n1 = 10 / (gap1 * gap1);
  EXPECT_NEAR(agent->probabilities()[0], n0 / (n0 + n1), 1e-12);
  EXPECT_GT(agent->probabilities()[0], 0.55);
}

TEST(Barbar, EpochsOfTheTheoremOutlastAnExperiment) {
  const auto agent = make_barbar({.arms = 5, .rounds = 40'000}, {}, Stream(1));
  for (std::int64_t t = 1; t <= 40'000; ++t) {
    const int arm = agent->choose({.number = t, .arms = 5});
    ASSERT_EQ(agent->probabilities()[0], 0.2);
    agent->learn({.round = t, .arm = arm, .reward = arm == 0 ? 1.0 : 0.0});
  }
}

// A first epoch of more rounds than can be counted.
TEST(Barbar, EpochsWithoutEnd) {
  for (const char* constant : {"1e17", "1e300", "1e308"}) {
    const auto agent = make_barbar({.arms = 2, .rounds = 1000}, {.constant = constant}, Stream(1));
    for (std::int64_t t = 1; t <= 10; ++t) {
      const int arm = agent->choose({.number = t, .arms = 2});
      ASSERT_THAT(agent->probabilities(), ElementsAre(0.5, 0.5)) << constant;
      agent->learn({.round = t, .arm = arm, .reward = 1});
    }
  }
}

}  // namespace
}  // namespace bellwether::bandits
