#include "bandits/stochastic/exploration.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/stationary.h"
#include "bandits/run.h"

namespace bellwether::bandits {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

const Round kRound{.number = 1, .arms = 3};

TEST(ExploreThenCommit, TakesItsPullsFromTheGap) {
  const World unit{.arms = 2, .rounds = 1000, .noise = Noise::kGaussian, .sigma = 1};
  EXPECT_EQ(pulls_before_commitment(unit, {.gap = 0.5}), static_cast<std::int64_t>(std::ceil(16 * std::log(62.5))));
  EXPECT_EQ(pulls_before_commitment({.arms = 2, .rounds = 10'000, .sigma = 1}, {.gap = 0.3}), 241);
  EXPECT_EQ(pulls_before_commitment(unit, {.gap = 0.01}), 1);
  EXPECT_EQ(pulls_before_commitment(unit, {.pulls = 7, .gap = 0.5}), 7);
  EXPECT_EQ(pulls_before_commitment(unit, {}),
            static_cast<std::int64_t>(std::ceil(std::cbrt(250000 * std::log(1000)))));
}

TEST(ExploreThenCommit, GoesRoundAndCommitsForGood) {
  const auto agent = make_explore_then_commit({.arms = 3, .rounds = 100}, {.pulls = 2}, Stream(1));
  const double rewards[] = {0, 1, 0, 0, 0, 1};
  std::vector<int> arms;
  for (int t = 0; t < 10; ++t) {
    arms.push_back(agent->choose(kRound));
    agent->learn({.round = t + 1, .arm = arms.back(), .reward = t < 6 ? rewards[t] : 0});
  }
  EXPECT_THAT(arms, ElementsAre(0, 1, 2, 0, 1, 2, 1, 1, 1, 1));
}

TEST(EpsilonGreedy, ExploresAsOftenAsItsSchedulesSay) {
  const auto epsilon_at_seven = [](const EpsilonGreedyOptions& options) {
    const auto agent = make_epsilon_greedy({.arms = 3, .rounds = 100}, options, Stream(1));
    for (int t = 0; t < 6; ++t) agent->learn({.round = t + 1, .arm = t % 3, .reward = t % 3 == 1 ? 1.0 : 0.0});
    agent->choose(kRound);
    return 3 * agent->probabilities()[0];
  };
  EXPECT_DOUBLE_EQ(epsilon_at_seven({.schedule = "constant", .epsilon = 0.25}), 0.25);
  EXPECT_DOUBLE_EQ(epsilon_at_seven({.schedule = "decreasing", .c = 1, .gap = 1}), 3.0 / 7);
  EXPECT_DOUBLE_EQ(epsilon_at_seven({.schedule = "decreasing", .c = 5, .gap = 0.5}), 1);
  EXPECT_DOUBLE_EQ(epsilon_at_seven({.schedule = "cube-root"}), std::cbrt(3 * std::log(7) / 7));
}

TEST(EpsilonGreedy, PlaysWhatItsProbabilitiesSay) {
  const auto agent =
      make_epsilon_greedy({.arms = 3, .rounds = 100}, {.schedule = "constant", .epsilon = 0.3}, Stream(1));
  for (int t = 0; t < 3; ++t) {
    EXPECT_EQ(agent->choose(kRound), t);
    agent->learn({.round = t + 1, .arm = t, .reward = t == 1 ? 1.0 : 0.0});
  }
  constexpr int kDraws = 50'000;
  std::vector<double> share(3);
  for (int i = 0; i < kDraws; ++i) share[static_cast<std::size_t>(agent->choose(kRound))] += 1.0 / kDraws;
  EXPECT_THAT(agent->probabilities(), ElementsAre(DoubleEq(0.1), DoubleEq(0.8), DoubleEq(0.1)));
  for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(share[a], agent->probabilities()[a], 0.01);
}

}  // namespace
}  // namespace bellwether::bandits
