#include "mdp/latent/lower_bound.h"

#include <cmath>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(LatentHard, SpellsEachContextInAnOrderOfItsOwn) {
  const LatentHardShape shape{.contexts = 6};
  EXPECT_EQ(shape.spelling(), 3);
  const std::vector<int> good(6, 0);
  const LatentMdp latent = latent_hard(shape, good);
  std::set<std::vector<int>> orders;
  for (int m = 0; m < 6; ++m) {
    const TabularMdp& context = latent.context(m);
    int s = 0;
    while (context.initial()[static_cast<std::size_t>(s)] == 0) ++s;
    std::vector<int> order;
    for (; s < 3; s = context.successors(context.first_choice(s))[0]) {
      EXPECT_EQ(context.num_choices(s), 1);
      order.push_back(s);
    }
    EXPECT_EQ(s, 3) << "the root";
    EXPECT_EQ(order.size(), 3U);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 6U);
}

TEST(LatentHard, HasOneGoodArmAContextAndTwoSuccessorsAtMost) {
  for (const LatentHardShape& shape : {LatentHardShape{.contexts = 1, .leaves = 1},
                                       LatentHardShape{.contexts = 2, .leaves = 5, .actions = 3, .variance = .04},
                                       LatentHardShape{.contexts = 7, .leaves = 4, .actions = 2, .advantage = .5}}) {
    std::vector<int> good;
    for (int m = 0; m < shape.contexts; ++m) good.push_back((3 * m + 1) % shape.num_arms());
    const LatentMdp latent = latent_hard(shape, good);
    ASSERT_EQ(latent.num_states(), shape.num_states());
    const int won = shape.num_states() - 2;
    for (int m = 0; m < shape.contexts; ++m) {
      const TabularMdp& context = latent.context(m);
      int arm = 0;
      for (int s = 0; s < won; ++s) {
        for (std::int64_t c = context.first_choice(s); c < context.first_choice(s + 1); ++c) {
          EXPECT_LE(context.successors(c).size(), 2U);
          if (context.successors(c)[0] != won) continue;
          EXPECT_DOUBLE_EQ(context.probabilities(c)[0],
                           arm == good[static_cast<std::size_t>(m)] ? .5 + shape.advantage : .5);
          ++arm;
        }
      }
      EXPECT_EQ(arm, shape.num_arms());
      EXPECT_DOUBLE_EQ(context.reward(context.first_choice(won)), 2 * std::sqrt(shape.variance));
    }
  }
}

// Every walk that only chooses reaches the state of rest in steps() steps, and some walk not before.
TEST(LatentHard, StepsIsTheLengthOfTheLongestPlay) {
  for (const LatentHardShape& shape :
       {LatentHardShape{.contexts = 1, .leaves = 1}, LatentHardShape{.contexts = 3, .leaves = 5, .actions = 3},
        LatentHardShape{.contexts = 24, .leaves = 4}, LatentHardShape{.contexts = 25, .leaves = 7}}) {
    const LatentMdp latent = drawn_latent_hard(shape, Stream(1));
    const TabularMdp& context = latent.context(shape.contexts - 1);
    const int rest = shape.num_states() - 1;
    std::set<int> reached;
    for (int s = 0; s < rest; ++s)
      if (context.initial()[static_cast<std::size_t>(s)] > 0) reached.insert(s);
    int steps = 0;
    for (; reached != std::set<int>{rest}; ++steps) {
      std::set<int> next;
      for (const int s : reached)
        for (std::int64_t c = context.first_choice(s); c < context.first_choice(s + 1); ++c)
          next.insert(context.successors(c).begin(), context.successors(c).end());
      reached = next;
    }
    EXPECT_EQ(steps, shape.steps()) << shape.contexts;
  }
}

TEST(LatentHard, NamesBadValues) {
  const std::vector<int> one = {0}, two = {0, 8};
  EXPECT_THAT([&] { latent_hard({}, one); }, ThrowsMessage<InvalidOption>(HasSubstr("'good' is 1")));
  EXPECT_THAT([&] { latent_hard({}, two); }, ThrowsMessage<InvalidOption>(HasSubstr("'good' is 8, must be in [0, 7]")));
  EXPECT_THAT([] { drawn_latent_hard({.actions = 1}, Stream(1)); }, ThrowsMessage<InvalidOption>(HasSubstr("actions")));
  EXPECT_THAT([] { drawn_latent_hard({.advantage = .6}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("'advantage' is 0.6, must be in [0, 0.5]")));
}

TEST(HardestAdvantage, IsThatOfTheBound) {
  EXPECT_DOUBLE_EQ(hardest_advantage({.contexts = 4, .leaves = 4, .actions = 2}, 3200), .5 * (7.0 / 8) * .1);
  EXPECT_DOUBLE_EQ(hardest_advantage({}, 1), .25);
}

TEST(WithRest, PlaysTheSameAndThenRests) {
  const LatentMdp model = drawn_latent_hard({.contexts = 2}, Stream(3));
  const LatentMdp rested = with_rest(model, 2);
  const int S = model.num_states();
  ASSERT_EQ(rested.num_states(), 3 * S);
  for (int m = 0; m < 2; ++m) {
    const TabularMdp &before = model.context(m), &after = rested.context(m);
    for (int s = 0; s < S; ++s) {
      EXPECT_EQ(after.initial()[static_cast<std::size_t>(s)], before.initial()[static_cast<std::size_t>(s)]);
      for (int k = 0; k < before.num_choices(s); ++k) {
        const std::int64_t c = before.first_choice(s) + k, first = after.first_choice(s) + k,
                           last = after.first_choice(S + s) + k;
        EXPECT_EQ(after.reward(first), before.reward(c));
        EXPECT_EQ(after.reward(last), before.reward(c));
        ASSERT_EQ(after.successors(first).size(), before.successors(c).size());
        for (std::size_t i = 0; i < before.successors(c).size(); ++i) {
          EXPECT_EQ(after.successors(first)[i], S + before.successors(c)[i]);
          EXPECT_EQ(after.successors(last)[i], 2 * S + before.successors(c)[i]);
          EXPECT_EQ(after.probabilities(first)[i], before.probabilities(c)[i]);
          EXPECT_EQ(after.probabilities(last)[i], before.probabilities(c)[i]);
        }
      }
      EXPECT_EQ(after.num_choices(2 * S + s), 1);
      EXPECT_THAT(after.successors(after.first_choice(2 * S + s)), testing::ElementsAre(2 * S + s));
      EXPECT_EQ(after.reward(after.first_choice(2 * S + s)), 0);
    }
  }
  EXPECT_THROW(with_rest(model, 0), InvalidOption);
}

}  // namespace
}  // namespace bellwether::mdp
