#include "mdp/instances/deep_sea.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mdp/instances/dense_reference.h"

namespace bellwether::mdp {
namespace {

TEST(DeepSea, ConventionsDifferByOneMove) {
  EXPECT_DOUBLE_EQ(deep_sea({.size = 20}).facts.front().value, 0.99);
  EXPECT_EQ(deep_sea({.size = 20}).question.horizon, 20);
  const NamedInstance arrival = deep_sea({.size = 20, .final_step = "arrival"});
  EXPECT_DOUBLE_EQ(arrival.facts.front().value, 1 - 0.01 * 19 / 20);
  EXPECT_EQ(arrival.question.horizon, 19);
}

TEST(DeepSea, ChoicesMeanDifferentThingsInDifferentCells) {
  const TabularMdp model = deep_sea({.size = 30}).model;
  int first_is_right = 0;
  for (int cell = 30; cell < 60; ++cell) first_is_right += model.reward(model.first_choice(cell)) < 0;
  EXPECT_GT(first_is_right, 5);
  EXPECT_LT(first_is_right, 25);
  const TabularMdp plain = deep_sea({.size = 30, .randomised = false}).model;
  for (int cell = 0; cell < 900; ++cell) {
    EXPECT_EQ(plain.reward(plain.first_choice(cell)), 0);
    EXPECT_NE(plain.reward(plain.first_choice(cell) + 1), 0);
  }
}

TEST(DeepSea, MovesDownAndSidewaysOnly) {
  const TabularMdp model = deep_sea({.size = 4, .randomised = false}).model;
  EXPECT_EQ(model.successors(model.first_choice(0))[0], 4);        // left at the border
  EXPECT_EQ(model.successors(model.first_choice(0) + 1)[0], 5);    // right
  EXPECT_EQ(model.successors(model.first_choice(6))[0], 9);        // (1, 2) left to (2, 1)
  EXPECT_EQ(model.successors(model.first_choice(15) + 1)[0], 16);  // the end
  EXPECT_DOUBLE_EQ(model.reward(model.first_choice(15) + 1), 1 - 0.01 / 4);
}

TEST(DeepSea, UniformPlaySucceedsOnceInTwoToTheSize) {
  const NamedInstance made = deep_sea({.size = 6, .cost = 0});
  EXPECT_DOUBLE_EQ(made.facts.back().value, std::pow(2, -6));
}

TEST(CombinationLock, OneSequenceOfChoicesOpensIt) {
  const NamedInstance made = combination_lock({.horizon = 6, .actions = 5, .decoy = 0, .seed = 3});
  ASSERT_EQ(made.model.num_states(), 19);
  EXPECT_DOUBLE_EQ(made.facts.back().value, std::pow(5, -6));
  for (int h = 0; h < 6; ++h) {
    for (int latent = 0; latent < 2; ++latent) {
      const int state = 3 * h + latent;
      int good = 0;
      for (std::int64_t c = made.model.first_choice(state); c < made.model.first_choice(state + 1); ++c) {
        good += h < 5 ? made.model.successors(c).size() == 2 : made.model.reward(c) == 1;
      }
      EXPECT_EQ(good, 1) << state;
    }
  }
  EXPECT_EQ(made.model.initial()[0], .5);
  EXPECT_EQ(made.model.initial()[1], .5);
}

TEST(CombinationLock, DecoysAreCoinsPaidAtTheirTime) {
  const TabularMdp last = combination_lock({.horizon = 3, .actions = 2}).model;
  EXPECT_EQ(last.reward(last.first_choice(2)), 0);           // sink, first step
  EXPECT_DOUBLE_EQ(last.reward(last.first_choice(8)), .05);  // sink, last step
  EXPECT_EQ(last.data().reward_laws.law[static_cast<std::size_t>(last.first_choice(8))],
            static_cast<std::uint8_t>(RewardLaw::kBernoulli));
  EXPECT_EQ(last.data().reward_laws.scale[static_cast<std::size_t>(last.first_choice(8))], .1);
  const TabularMdp leaving = combination_lock({.horizon = 3, .actions = 2, .decoy_when = "leaving"}).model;
  EXPECT_EQ(leaving.reward(leaving.first_choice(8)), 0);
  EXPECT_DOUBLE_EQ(leaving.reward(0) + leaving.reward(1), .05);  // the wrong one of two
}

}  // namespace
}  // namespace bellwether::mdp
