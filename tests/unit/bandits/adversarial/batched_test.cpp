#include "bandits/adversarial/batched.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/adversarial/regularised_leader.h"
#include "bandits/arms/family.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

TEST(BatchedExp3, WithBatchesOfOneIsExp3) {
  const auto arms = find_family("bernoulli-arms")->make({{"arms", "4"}}).bandit;
  EXPECT_EQ(play(*arms, "batched-exp3", {{"batch", "1"}}, Stream(1), {.length = 500}),
            play(*arms, "exp3", {}, Stream(1), {.length = 500}));
}

TEST(BatchedExp3, PlaysAnArmForABatchAndLearnsItsMean) {
  const World world{.arms = 3, .rounds = 103};
  const auto batched = make_batched_exp3(world, {.batch = 5}, Stream(2));
  World part = world;
  part.rounds = 21;
  const auto plain = make_exp3(part, {}, Stream(2));
  Stream draws(3);
  for (int k = 1; k <= 20; ++k) {
    const int arm = plain->choose({.number = k, .arms = 3});
    double sum = 0;
    for (int i = 0; i < 5; ++i) {
      const std::int64_t t = 5 * (k - 1) + i + 1;
      ASSERT_EQ(batched->choose({.number = t, .arms = 3}), arm) << t;
      EXPECT_EQ(batched->probabilities()[0], plain->probabilities()[0]);
      const double reward = draws.uniform();
      sum += reward;
      batched->learn({.round = t, .arm = arm, .reward = reward});
    }
    plain->learn({.round = k, .arm = arm, .reward = sum / 5});
  }
}

TEST(BatchedExp3, TakesTheBatchOfItsBound) {
  // K = 2, T = 10000, memory 3: (2 * 9 * 10000 / (2 ln 2))^(1/3) = 50.6; the arm of a batch is kept that long.
  const auto agent = make_batched_exp3({.arms = 2, .rounds = 10'000}, {.memory = 3}, Stream(4));
  int length = 0, shortest = 10'000, last = -1;
  for (int t = 1; t <= 10'000; ++t) {
    const int arm = agent->choose({.number = t, .arms = 2});
    if (arm != last && last >= 0) {
      EXPECT_EQ(length % 51, 0) << t;
      shortest = std::min(shortest, length);
      length = 0;
    }
    ++length;
    last = arm;
    agent->learn({.round = t, .arm = arm, .reward = 0.5});
  }
  EXPECT_EQ(shortest, 51);
}

TEST(BatchedExp3, RefusesLateFeedback) {
  EXPECT_THAT([] { play(*find_family("delayed-arms")->make().bandit, "batched-exp3", {}, Stream(1), {.length = 10}); },
              testing::ThrowsMessage<InvalidOption>(testing::HasSubstr("comes late")));
}

}  // namespace
}  // namespace bellwether::bandits
