#include "bandits/stochastic/robust.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/stationary.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(TruncatedMean, ByHand) {
  TruncatedMean estimate(1, 2);  // E X^2 <= 2: the j-th counts up to sqrt(2 j / level)
  for (const double x : {1.0, -2.5, 2.0, 3.0}) estimate.add(x);
  // At level 1: up to 1.41, 2, 2.45, 2.83; at 2: 1, 1.41, 1.73, 2; at 3: .82 for the first.
  EXPECT_DOUBLE_EQ(estimate.mean(1), (1 + 2) / 4.0);
  EXPECT_DOUBLE_EQ(estimate.mean(2), 1 / 4.0);
  EXPECT_DOUBLE_EQ(estimate.mean(3), 0);
  EXPECT_DOUBLE_EQ(estimate.width(3), (7.0 / 3 + std::sqrt(2)) * std::sqrt(2 * 3 / 4.0));
  TruncatedMean heavier(0.5, 8);
  heavier.add(1);
  EXPECT_DOUBLE_EQ(heavier.width(27), (4.0 / 3 + std::sqrt(2) + 0.5) * 4 * 3);
}

// The heap against the definition, levels growing.
TEST(TruncatedMean, IsTheDefinition) {
  for (const double epsilon : {1.0, 0.3}) {
    constexpr double kMoment = 5;
    const Law law{Law::Family::kStudent, 0.5, 1, 1.5};
    Stream stream(4);
    TruncatedMean estimate(epsilon, kMoment);
    std::vector<double> all;
    for (int n = 1; n <= 2000; ++n) {
      all.push_back(law.sample(stream));
      estimate.add(all.back());
      const double level = 3 * std::log(n + 1.0);
      if (n % 37 != 0) continue;
      double sum = 0;
      int dropped = 0;
      for (std::size_t j = 0; j < all.size(); ++j) {
        const bool counts =
            std::abs(all[j]) <= std::pow(kMoment * static_cast<double>(j + 1) / level, 1 / (1 + epsilon));
        sum += counts ? all[j] : 0;
        dropped += counts ? 0 : 1;
      }
      ASSERT_NEAR(estimate.mean(level), sum / n, 1e-10);
      if (n > 1900) {
        ASSERT_GT(dropped, 0);
      }
    }
  }
}

TEST(RobustUcb, PlaysTheLargestIndexOfTruncatedMeans) {
  const World world{.arms = 2, .noise = Noise::kOther, .sigma = INFINITY, .low = -INFINITY, .high = INFINITY};
  const auto agent = make_robust_ucb(world, {.epsilon = 1, .moment = 4}, Stream(1));
  const Round round{.number = 1, .arms = 2};
  EXPECT_EQ(agent->choose(round), 0);
  agent->learn({.round = 1, .arm = 0, .reward = 100});  // an outlier: counts as 0 from level 4e-4 on
  EXPECT_EQ(agent->choose(round), 1);
  agent->learn({.round = 2, .arm = 1, .reward = 0.5});
  EXPECT_EQ(agent->choose(round), 1);
  const double level = 3 * std::log(3.0), width = (7.0 / 3 + std::sqrt(2)) * 2 * std::sqrt(level);
  EXPECT_DOUBLE_EQ(*agent->optimistic_mean(0), width);
  EXPECT_DOUBLE_EQ(*agent->optimistic_mean(1), 0.5 + width);
}

TEST(RobustUcb, KnowsAMomentOrAsksForOne) {
  const Law heavy{Law::Family::kPareto, 1, 1, 1.5};
  Law better = heavy;
  better.mean = 9;
  const StationaryBandit bandit({heavy, better});
  EXPECT_EQ(bandit.world(1).moment_order, 1.25);
  EXPECT_NEAR(bandit.world(1).moment, 6 * std::pow(3, 1.25), 1e-9);
  const Series run = play(bandit, "robust-ucb", {{"constant", "practical"}}, Stream(1), {.length = 20'000});
  EXPECT_LT(run.value(run.at.size() - 1, 0), 0.2 * 8 * 20'000);
  const World unsaid{.arms = 2, .noise = Noise::kGaussian, .sigma = 1, .low = -INFINITY, .high = INFINITY};
  EXPECT_THAT([&] { make_robust_ucb(unsaid, {}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("needs to know a moment")));
  EXPECT_THAT([&] { make_robust_ucb(unsaid, {.moment = 3}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("one of them is 0")));
  EXPECT_NE(make_robust_ucb({.arms = 2}, {}, Stream(1)), nullptr) << "bounded rewards have a second moment";
}

}  // namespace
}  // namespace bellwether::bandits
