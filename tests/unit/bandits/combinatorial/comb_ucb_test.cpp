#include "bandits/combinatorial/comb_ucb.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/items.h"
#include "bandits/arms/stationary.h"
#include "bandits/run.h"
#include "bandits/stochastic/upper_confidence.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

World items_world(int items, int chosen) { return {.kind = Kind::kItems, .arms = items, .items = chosen}; }

TEST(TopItems, RegretIsAgainstTheBestSet) {
  const ItemsBandit bandit({0.1, 0.9, 0.5, 0.7}, any_items(4, 2));
  const auto game = bandit.start(10, Stream(1));
  std::vector<double> rewards(2);
  EXPECT_EQ(game->next().arms, 4);
  EXPECT_NEAR(game->play_items(std::vector<int>{0, 2}, rewards).regret, 1.0, 1e-15);
  EXPECT_EQ(game->play_items(std::vector<int>{1, 3}, rewards).regret, 0);
  EXPECT_EQ(bandit.world(7).items, 2);
  EXPECT_THAT([] { any_items(1, 2); }, ThrowsMessage<InvalidOption>(HasSubstr("between 1 and the 1 items")));
  EXPECT_THAT(
      [] {
        ItemsBandit({0.5, 1.5}, any_items(2, 1));
      },
      ThrowsMessage<InvalidOption>(HasSubstr("item 1 is 1.5")));
}

TEST(CombUcb1, PlaysUnseenItemsFirstThenTheLargestIndices) {
  const auto agent = make_comb_ucb1(items_world(3, 2), {}, Stream(0));
  const auto chosen = [&] {
    const auto items = agent->choose_items({.number = 1, .arms = 3});
    return std::vector<int>(items.begin(), items.end());
  };
  EXPECT_THAT(chosen(), ElementsAre(0, 1));
  agent->learn_items(1, std::vector<int>{0, 1}, std::vector<double>{1, 0});
  EXPECT_THAT(chosen(), ElementsAre(0, 2));
  agent->learn_items(2, std::vector<int>{0, 2}, std::vector<double>{1, 1});
  // After two rounds: 1 + sqrt(.75 ln 2), sqrt(1.5 ln 2), 1 + sqrt(1.5 ln 2).
  EXPECT_THAT(chosen(), ElementsAre(0, 2));
}

// With a mean of 0 against 1 and N rounds each way: the edge where the bonus makes up for the gap.
TEST(CombUcb1, BonusByHand) {
  for (const double factor : {0.99, 1.01}) {
    const int n = 200;
    // Item 0: mean 1 after n; item 1: mean 0 after 4; n + 4 rounds.
    const double log = std::log(n + 4.0);
    const double edge = 1 / (std::sqrt(1.5 * log / 4) - std::sqrt(1.5 * log / n));
    const auto agent = make_comb_ucb1(items_world(2, 1), {.constant = std::to_string(factor * edge)}, Stream(0));
    for (int i = 0; i < n; ++i) agent->learn_items(1, std::vector<int>{0}, std::vector<double>{1});
    for (int i = 0; i < 4; ++i) agent->learn_items(1, std::vector<int>{1}, std::vector<double>{0});
    EXPECT_THAT(agent->choose_items({.number = 205, .arms = 2}), ElementsAre(factor < 1 ? 0 : 1));
  }
}

// One item at a time: UCB1 with the factor sqrt(3/4) on sqrt(2 ln n / N), choice by choice.
TEST(CombUcb1, OneItemIsUcb1) {
  const auto comb = make_comb_ucb1(items_world(5, 1), {}, Stream(0));
  const auto plain = make_ucb1({.arms = 5}, {.constant = "0.8660254037844386"}, Stream(0));
  Stream stream(4);
  for (int t = 1; t <= 3000; ++t) {
    const Round round{.number = t, .arms = 5};
    const int item = comb->choose_items(round).front();
    ASSERT_EQ(plain->choose(round), item) << t;
    const double reward = stream.uniform() < 0.2 + 0.1 * item ? 1 : 0;
    comb->learn_items(t, std::vector<int>{item}, std::vector<double>{reward});
    plain->learn({.round = t, .arm = item, .reward = reward});
  }
}

TEST(CombUcb1, LearnsTheBestFive) {
  const auto bandit = find_family("top-items")->make().bandit;
  const auto at = [&](const char* constant) {
    const Series run = play(*bandit, "comb-ucb1", {{"constant", constant}}, Stream(3),
                            {.length = 20'000, .checkpoints = {10'000, 20'000}});
    return std::pair(run.value(0, 0), run.value(1, 0));
  };
  const auto [half, whole] = at("theory");
  EXPECT_LT(whole - half, 0.35 * half);
  EXPECT_LT(at("practical").second, whole);
}

TEST(CombUcb1, PlaysItemsOnly) {
  const auto coins = find_family("bernoulli-arms")->make().bandit;
  EXPECT_THAT([&] { play(*coins, "comb-ucb1", {}, Stream(1), {}); },
              ThrowsMessage<InvalidOption>(HasSubstr("comb-ucb1 plays items, this is a bandit of arms")));
}

}  // namespace
}  // namespace bellwether::bandits
