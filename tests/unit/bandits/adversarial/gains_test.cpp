#include "bandits/adversarial/gains.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace bellwether::bandits {
namespace {

constexpr double e = std::numbers::e;

std::size_t at(int arm) { return static_cast<std::size_t>(arm); }

TEST(Exp3Rewards, ExplorationIsThatOfTheTheorem) {
  const GainPlan plan = exp3_rewards_plan(5, 10'000);
  EXPECT_DOUBLE_EQ(plan.uniform, std::sqrt(5 * std::log(5) / ((e - 1) * 10'000)));
  EXPECT_DOUBLE_EQ(plan.rate, plan.uniform / 5);
  EXPECT_EQ(exp3_rewards_plan(5, 2).uniform, 1);
}

TEST(Exp3Rewards, ProbabilitiesByHand) {
  const auto agent = make_exp3_rewards({.arms = 2, .rounds = 10}, {.exploration = 0.2}, Stream(1));
  const int arm = agent->choose({.number = 1, .arms = 2});
  agent->learn({.round = 1, .arm = arm, .reward = 0.75});  // gain 3/2, rate 1/10
  agent->choose({.number = 2, .arms = 2});
  EXPECT_NEAR(agent->probabilities()[at(arm)], 0.8 / (1 + std::exp(-0.15)) + 0.1, 1e-15);
}

TEST(Exp3P, BonusGoesToAllArmsBySeldomness) {
  const double rounds = 10'000, rate = 0.95 * std::sqrt(std::log(2) / (rounds * 2)),
               uniform = 1.05 * std::sqrt(2 * std::log(2) / rounds),
               bonus = std::sqrt(std::log(2 / 0.05) / (2 * rounds));
  const auto agent = make_exp3_p({.arms = 2, .rounds = 10'000}, {}, Stream(1));
  double gain[2] = {0, 0};
  for (std::int64_t t = 1; t <= 3; ++t) {
    const int arm = agent->choose({.number = t, .arms = 2});
    const double p = (1 - uniform) / (1 + std::exp(rate * (gain[1] - gain[0]))) + uniform / 2;
    EXPECT_NEAR(agent->probabilities()[0], p, 1e-14);
    agent->learn({.round = t, .arm = arm, .reward = 0.5});
    gain[0] += ((arm == 0 ? 0.5 : 0) + bonus) / p;
    gain[1] += ((arm == 1 ? 0.5 : 0) + bonus) / (1 - p);
  }
  EXPECT_NE(gain[0], gain[1]);
}

TEST(Exp3S, SharesTheWeightsOfTheRoundBefore) {
  const auto agent = make_exp3_s({.arms = 2, .rounds = 100}, {.exploration = 0.5, .share = 0.1}, Stream(1));
  double weight[2] = {1, 1};
  for (std::int64_t t = 1; t <= 5; ++t) {
    const int arm = agent->choose({.number = t, .arms = 2});
    const double sum = weight[0] + weight[1], p = 0.5 * weight[at(arm)] / sum + 0.25;
    EXPECT_NEAR(agent->probabilities()[at(arm)], p, 1e-14);
    agent->learn({.round = t, .arm = arm, .reward = 0.9});
    weight[arm] *= std::exp(0.5 * (0.9 / p) / 2);
    for (double& w : weight) w += e * 0.1 / 2 * sum;
  }
}

TEST(Exp3S, RateIsThatOfTheTheorem) {
  const auto agent = make_exp3_s({.arms = 3, .rounds = 10'000}, {.changes = 3}, Stream(1));
  const double g = std::sqrt(3 * (3 * std::log(30'000) + e) / ((e - 1) * 10'000)), a = 1e-4;
  const int arm = agent->choose({.number = 1, .arms = 3});
  agent->learn({.round = 1, .arm = arm, .reward = 1});  // p = 1/3: the weight of 1/3 grows by exp(g), all by e a / 3
  agent->choose({.number = 2, .arms = 3});
  const double played = std::exp(g) / 3 + e * a / 3, sum = (std::exp(g) + 2) / 3 + e * a;
  EXPECT_NEAR(agent->probabilities()[at(arm)], (1 - g) * played / sum + g / 3, 1e-14);
}

TEST(GainLeader, ForgetsAtTheEndOfABatch) {
  GainPlan plan = exp3_rewards_plan(3, 4);
  plan.batch = 4;
  const auto agent = make_gain_leader("test", {.arms = 3, .rounds = 100}, plan, Stream(1));
  for (std::int64_t t = 1; t <= 20; ++t) {
    const int arm = agent->choose({.number = t, .arms = 3});
    const bool even = agent->probabilities()[0] == agent->probabilities()[1] &&
                      agent->probabilities()[1] == agent->probabilities()[2];
    EXPECT_EQ(even, t % 4 == 1) << t;
    agent->learn({.round = t, .arm = arm, .reward = 1});
  }
}

}  // namespace
}  // namespace bellwether::bandits
