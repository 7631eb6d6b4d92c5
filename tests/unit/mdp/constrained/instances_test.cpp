#include "mdp/constrained/instances.h"

#include <algorithm>
#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

TEST(DeepSeaTreasure, HasEachTreasureAtItsDistance) {
  const TabularMdp model = deep_sea_treasure();
  constexpr std::array<double, 10> kTreasure = {.7, 8.2, 11.5, 14, 15.1, 16.1, 19.6, 20.3, 22.4, 23.7};
  constexpr std::array<int, 10> kSteps = {1, 3, 5, 7, 8, 9, 13, 14, 17, 19};
  const auto& treasure = model.data().rewards[0].expected;
  const auto& time = model.data().rewards[1].expected;
  std::vector<int> distance(static_cast<std::size_t>(model.num_states()), -1);
  std::vector<int> queue = {0};
  distance[0] = 0;
  std::array<int, 10> found{};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const int s = queue[i];
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto at = static_cast<std::size_t>(c);
      const int next = model.successors(c)[0], steps = distance[static_cast<std::size_t>(s)] + 1;
      if (treasure[at] > 0) {
        EXPECT_EQ(time[at], -1);
        const auto which =
            static_cast<std::size_t>(std::find(kTreasure.begin(), kTreasure.end(), treasure[at]) - kTreasure.begin());
        ASSERT_LT(which, kTreasure.size());
        if (found[which] == 0) found[which] = steps;
      }
      if (distance[static_cast<std::size_t>(next)] >= 0) continue;
      distance[static_cast<std::size_t>(next)] = steps;
      queue.push_back(next);
    }
  }
  EXPECT_EQ(found, kSteps);
}

TEST(FruitTree, PaysAtTheLeavesAlone) {
  const TabularMdp model = fruit_tree(3, 6, Stream(1));
  ASSERT_EQ(model.data().rewards.size(), 6u);
  EXPECT_EQ(model.num_states(), 16);
  for (int s = 0; s < model.num_states(); ++s) {
    double most = 0;
    for (const Column& column : model.data().rewards)
      most = std::max(most, column.expected[static_cast<std::size_t>(model.first_choice(s))]);
    EXPECT_EQ(most > 0, s >= 7 && s < 15) << s;
    if (most == 0) continue;
    EXPECT_GE(most, 0.5 * (1 - 1e-12));
  }
  EXPECT_THROW(fruit_tree(0, 2, Stream(1)), InvalidOption);
  EXPECT_THROW(fruit_tree(3, 0, Stream(1)), InvalidOption);
}

TEST(RandomCmdp, IsDecidedByItsStream) {
  const ConstrainedMdp a = random_cmdp(Stream(3), {.budgets = 2}), b = random_cmdp(Stream(3), {.budgets = 2});
  EXPECT_EQ(a.model().data(), b.model().data());
  EXPECT_NE(a.model().data(), random_cmdp(Stream(4), {.budgets = 2}).model().data());
  EXPECT_EQ(a.num_budgets(), 2);
}

TEST(SmallInstances, AreTheirTables) {
  const ConstrainedMdp two = two_state_cmdp(3);
  EXPECT_THAT(two.cost(0), ::testing::ElementsAre(0, .1, 1, .5));
  EXPECT_THAT(two.model().reward(), ::testing::ElementsAre(0, .2, 1, .6));
  EXPECT_EQ(two.budgets()[0].limit, 3);
  EXPECT_THAT(bandit_cmdp().cost(0), ::testing::ElementsAre(1, 0));
}

}  // namespace
}  // namespace bellwether::mdp
