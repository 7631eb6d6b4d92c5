#include "mdp/instances/riverswim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/instances/chains.h"
#include "tests/unit/mdp/instances/dense_reference.h"

namespace bellwether::mdp {
namespace {

double value_of(const std::vector<KnownFact>& facts, Quantity quantity, Objective objective = Objective::kDiscounted) {
  for (const KnownFact& fact : facts) {
    if (fact.quantity == quantity && (quantity != Quantity::kOptimum || fact.question.objective == objective)) {
      return fact.value;
    }
  }
  return -1;
}

TEST(RiverSwim, HasThePublishedNumbers) {
  const auto osband = riverswim().facts;
  EXPECT_NEAR(value_of(osband, Quantity::kOptimum, Objective::kAverage), 0.4286224, 5e-8);
  EXPECT_NEAR(value_of(osband, Quantity::kBiasSpan), 6.31032, 5e-6);
  EXPECT_NEAR(value_of(osband, Quantity::kDiameter), 14.72234, 5e-6);
  const auto strehl = riverswim({.version = "strehl2008"}).facts;
  EXPECT_NEAR(value_of(strehl, Quantity::kOptimum, Objective::kAverage), 0.2229358, 5e-8);
  EXPECT_NEAR(value_of(strehl, Quantity::kBiasSpan), 5.018349, 5e-7);
  EXPECT_NEAR(value_of(strehl, Quantity::kDiameter), 22.51029, 5e-6);
}

TEST(RiverSwim, AlwaysRightIsOptimal) {
  const TabularMdp model = riverswim().model;
  const auto policy = reference::greedy(model, 1, reference::gain_and_bias(model, 1).bias, 1);
  EXPECT_THAT(policy, testing::Each(1));
}

TEST(RiverSwim, RowsAreThoseOfThePaper) {
  const TabularMdp model = riverswim().model;
  EXPECT_THAT(model.probabilities(1), testing::Pointwise(testing::DoubleNear(1e-15), {.4, .6}));
  EXPECT_THAT(model.successors(3), testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(model.probabilities(3), testing::Pointwise(testing::DoubleNear(1e-15), {.05, .6, .35}));
  EXPECT_THAT(model.probabilities(11), testing::Pointwise(testing::DoubleNear(1e-15), {.4, .6}));
  EXPECT_EQ(model.reward(0), .005);
  EXPECT_EQ(model.reward(11), 1);
  EXPECT_EQ(model.action_name(1), "right");
  const TabularMdp strehl = riverswim({.version = "strehl2008"}).model;
  EXPECT_THAT(strehl.probabilities(1), testing::Pointwise(testing::DoubleNear(1e-15), {.7, .3}));
  EXPECT_THAT(strehl.probabilities(3), testing::Pointwise(testing::DoubleNear(1e-15), {.1, .6, .3}));
  EXPECT_THAT(strehl.probabilities(11), testing::Pointwise(testing::DoubleNear(1e-15), {.7, .3}));
  EXPECT_EQ(strehl.reward(0), .0005);
}

TEST(RiverSwim, OthersByThatNameHaveTheirOwnRows) {
  const auto near = [](std::vector<double> row) { return testing::Pointwise(testing::DoubleNear(1e-15), row); };
  const TabularMdp vtr = riverswim_vtr().model;
  ASSERT_EQ(vtr.num_states(), 5);
  EXPECT_THAT(vtr.probabilities(1), near({.3, .7}));
  EXPECT_THAT(vtr.probabilities(3), near({.1, .6, .3}));
  EXPECT_THAT(vtr.probabilities(9), near({.1, .9}));
  const TabularMdp wvtr = riverswim_wvtr().model;
  ASSERT_EQ(wvtr.num_states(), 10);
  EXPECT_THAT(wvtr.successors(0), testing::ElementsAre(0));
  EXPECT_THAT(wvtr.probabilities(1), near({.1, .9}));
  EXPECT_THAT(wvtr.probabilities(3), near({.05, .05, .9}));
  EXPECT_THAT(wvtr.probabilities(19), near({.05, .95}));
  const TabularMdp bourel = riverswim_bourel().model;
  EXPECT_EQ(bourel.action_name(0), "right");
  EXPECT_THAT(bourel.probabilities(0), near({.4, .6}));
  EXPECT_THAT(bourel.probabilities(2), near({.05, .35, .6}));
  EXPECT_THAT(bourel.probabilities(10), near({.05, .95}));
  EXPECT_EQ(bourel.reward(1), .1);
  EXPECT_EQ(bourel.reward(10), 1);
}

TEST(RiverSwim, RewardsCanBeCoins) {
  EXPECT_TRUE(riverswim().model.data().reward_laws.empty());
  const RewardDistributions laws = riverswim({.bernoulli = true}).model.data().reward_laws;
  ASSERT_EQ(laws.law.size(), 12u);
  for (std::size_t c = 0; c < 12; ++c) {
    EXPECT_EQ(laws.law[c],
              static_cast<std::uint8_t>(c == 0 || c == 11 ? RewardLaw::kBernoulli : RewardLaw::kDeterministic));
  }
}

TEST(SixArms, TheLuckiestDoorIsTheLastChoice) {
  const TabularMdp model = six_arms({.scaled = false}).model;
  ASSERT_EQ(model.num_states(), 7);
  EXPECT_DOUBLE_EQ(model.probabilities(5)[1], .01);
  EXPECT_EQ(model.successors(5)[1], 6);
  EXPECT_EQ(model.reward(model.first_choice(6) + 5), 6000);
  EXPECT_EQ(model.reward(model.first_choice(4) + 3), 800);
  EXPECT_EQ(model.successors(model.first_choice(4) + 2)[0], 0);
}

TEST(Chain, NoiseIsAtTheEnds) {
  const RewardDistributions laws = chain({.states = 4, .noise = 2}).model.data().reward_laws;
  ASSERT_EQ(laws.law.size(), 8u);
  EXPECT_EQ(laws.scale[0], 2);
  EXPECT_EQ(laws.scale[7], 2);
  EXPECT_EQ(laws.scale[1] + laws.scale[6], 0);
  EXPECT_TRUE(chain({.noise = 0}).model.data().reward_laws.empty());
}

TEST(Chain, VersionsDifferInTheMoveToTheRight) {
  EXPECT_EQ(chain({.states = 5}).model.successors(3).size(), 1u);
  const TabularMdp stochastic = chain({.states = 5, .version = "stochastic"}).model;
  EXPECT_DOUBLE_EQ(stochastic.probabilities(3)[0], .2);
  EXPECT_EQ(stochastic.successors(3)[0], 0);
  const NamedInstance bootstrapped = chain({.states = 6, .version = "bootstrapped"});
  EXPECT_EQ(bootstrapped.model.reward(0), .01);
  EXPECT_EQ(bootstrapped.model.probabilities(3)[0], .5);
  EXPECT_EQ(bootstrapped.question.horizon, 15);
}

TEST(DoubleChain, StartsInTheMiddle) {
  const TabularMdp model = double_chain().model;
  EXPECT_EQ(model.initial()[15], 1);
  EXPECT_EQ(model.reward(model.first_choice(30)), 1);
  EXPECT_EQ(model.reward(model.first_choice(0)), 0);
  EXPECT_THAT(model.successors(model.first_choice(7)), testing::ElementsAre(6, 8));
  EXPECT_THAT(model.probabilities(model.first_choice(7)), testing::ElementsAre(.95, .05));
  EXPECT_THAT(model.probabilities(model.first_choice(7) + 1), testing::ElementsAre(.05, .95));
}

// The reasons these two are here: what a stopping rule on differences of iterates believes.
TEST(HaddadMonmege, MisleadsARelativeDifferenceRule) {
  const TabularMdp model = haddad_monmege().model;
  std::vector<double> v(41, 0.0), next(41);
  v[40] = 1;
  for (bool moving = true; moving;) {
    moving = false;
    for (int s = 0; s < 41; ++s) {
      double best = 0;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
          sum += model.probabilities(c)[i] * v[static_cast<std::size_t>(model.successors(c)[i])];
        }
        best = std::max(best, sum);
      }
      next[static_cast<std::size_t>(s)] = s == 40 ? 1 : best;
      if (std::abs(next[static_cast<std::size_t>(s)] - v[static_cast<std::size_t>(s)]) >
          1e-6 * next[static_cast<std::size_t>(s)]) {
        moving = true;
      }
    }
    v.swap(next);
  }
  EXPECT_NEAR(v[20], 0.19434, 1e-4);  // the truth is 1/2
}

TEST(SlowLeak, HasDifferencesFarSmallerThanItsError) {
  const TabularMdp model = slow_leak().model;
  double v = 0, change = 0;
  for (int sweep = 0; sweep < 10; ++sweep) {
    const double next = model.reward(0) + model.probabilities(0)[0] * v;
    change = next - v;
    v = next;
  }
  EXPECT_NEAR(change, 1, 1e-4);
  EXPECT_NEAR(v, 10, 1e-3);  // the truth is 10^6
}

}  // namespace
}  // namespace bellwether::mdp
