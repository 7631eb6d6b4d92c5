#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/linear.h"
#include "bandits/arms/linear_bound.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

NamedBandit make(const std::string& family, const std::vector<Setting>& settings = {}) {
  return find_family(family)->make(settings);
}

double norm(std::span<const double> x) {
  double squares = 0;
  for (const double entry : x) squares += entry * entry;
  return std::sqrt(squares);
}

TEST(LinearArms, FamiliesHaveTheArmsTheySay) {
  const auto circle = make("circle-arms", {{"arms", "4"}}).bandit;
  EXPECT_THAT(std::vector<double>(circle->means().begin(), circle->means().end()),
              testing::Pointwise(testing::DoubleNear(1e-15), {1.0, 0.0, -1.0, 0.0}));
  EXPECT_EQ(make("subset-arms").bandit->world(1).arms, 31);
  EXPECT_NEAR(make("subset-arms").bandit->world(1).feature_bound, 1, 1e-15);
  const auto cube = make("hypercube-arms", {{"dimension", "3"}, {"gap", "0.5"}}).bandit;
  EXPECT_EQ(cube->world(1).arms, 8);
  EXPECT_EQ(std::ranges::max(cube->means()), 1.5);
  EXPECT_NEAR(cube->world(1).feature_bound, std::sqrt(3), 1e-15);
  // Directions of {-1, 0, 1}^3 without 0: 26; of {-2, ..., 2}^2: 24 points, of which 8 are twice another.
  EXPECT_EQ(make("ball-arms", {{"resolution", "1"}}).bandit->world(1).arms, 26);
  EXPECT_EQ(make("ball-arms", {{"dimension", "2"}, {"resolution", "2"}}).bandit->world(1).arms, 16);
  EXPECT_NEAR(norm(std::static_pointer_cast<const LinearBandit>(make("linear-arms").bandit)->features().first(5)), 1,
              1e-15);
}

TEST(LinearArms, EveryRoundDrawsUnitFeaturesTheSameForAll) {
  const auto bandit = make("contextual-arms", {{"arms", "3"}, {"dimension", "4"}}).bandit;
  const auto one = bandit->start(10, Stream(1)), other = bandit->start(10, Stream(1));
  std::set<double> seen, noises;
  for (int t = 0; t < 10; ++t) {
    const Round& round = one->next();
    const Round& same = other->next();
    for (int a = 0; a < 3; ++a) EXPECT_NEAR(norm(round.feature(a)), 1, 1e-14);
    EXPECT_TRUE(std::ranges::equal(round.features, same.features));
    seen.insert(round.features[0]);
    const Outcome best = one->play(0), chosen = other->play(1);
    EXPECT_NEAR(best.reward - best.mean, chosen.reward - chosen.mean, 1e-12);  // the noise is the round's
    noises.insert(best.reward - best.mean);
    EXPECT_NEAR(best.mean + best.regret, chosen.mean + chosen.regret, 1e-12);
  }
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(noises.size(), 10u);
}

TEST(LinearArms, LogisticRewardsAreCoins) {
  const auto bandit = make("circle-arms", {{"logistic", "true"}, {"length", "2"}}).bandit;
  EXPECT_DOUBLE_EQ(bandit->means()[0], 1 / (1 + std::exp(-2)));
  EXPECT_EQ(bandit->world(5).noise, Noise::kBernoulli);
  EXPECT_EQ(bandit->world(5).link, Link::kLogistic);
  const auto game = bandit->start(1000, Stream(2));
  double sum = 0;
  for (int t = 0; t < 1000; ++t) {
    game->next();
    sum += game->play(0).reward;
  }
  EXPECT_NEAR(sum / 1000, bandit->means()[0], 0.04);
}

TEST(LinearArms, CoinsHaveTheScoreAsMean) {
  const auto bandit = make("circle-arms", {{"coins", "true"}, {"length", "0.4"}, {"intercept", "0.5"}, {"arms", "4"}});
  const World world = bandit.bandit->world(5);
  EXPECT_THAT(std::vector<double>(bandit.bandit->means().begin(), bandit.bandit->means().end()),
              testing::Pointwise(testing::DoubleNear(1e-15), {0.9, 0.5, 0.1, 0.5}));
  EXPECT_EQ(world.noise, Noise::kBernoulli);
  EXPECT_EQ(world.link, Link::kIdentity);
  EXPECT_EQ(world.sigma, 0.5);
  EXPECT_EQ(world.low, 0);
  EXPECT_EQ(world.high, 1);
  EXPECT_EQ(world.dimension, 3) << "the intercept is a coordinate";
  EXPECT_NEAR(world.feature_bound, std::sqrt(2), 1e-15);
  const auto game = bandit.bandit->start(2000, Stream(2));
  double sum = 0;
  for (int t = 0; t < 2000; ++t) {
    const Round& round = game->next();
    EXPECT_EQ(round.feature(2)[2], 1);
    const double reward = game->play(0).reward;
    EXPECT_TRUE(reward == 0 || reward == 1);
    sum += reward;
  }
  EXPECT_NEAR(sum / 2000, 0.9, 0.03);
  EXPECT_NE(bandit.bandit->content(),
            make("circle-arms", {{"length", "0.4"}, {"intercept", "0.5"}, {"arms", "4"}}).bandit->content());
  EXPECT_FALSE(instance_bound(static_cast<const LinearBandit&>(*bandit.bandit))) << "that is of normal noise";
}

TEST(LinearArms, CoinsOnTheSphereOfEveryRound) {
  const auto bandit =
      make("contextual-arms",
           {{"coins", "true"}, {"length", "0.5"}, {"intercept", "0.5"}, {"arms", "3"}, {"dimension", "2"}})
          .bandit;
  const auto game = bandit->start(500, Stream(1));
  double lowest = 1, highest = 0;
  for (int t = 0; t < 500; ++t) {
    const Round& round = game->next();
    EXPECT_NEAR(norm(round.feature(1).first(2)), 1, 1e-14);
    EXPECT_EQ(round.feature(1)[2], 1);
    const Outcome outcome = game->play(1);
    EXPECT_TRUE(outcome.reward == 0 || outcome.reward == 1);
    lowest = std::min(lowest, outcome.mean);
    highest = std::max(highest, outcome.mean);
  }
  EXPECT_LT(lowest, 0.05);
  EXPECT_GT(highest, 0.95);
  EXPECT_GE(lowest, 0);
  EXPECT_LE(highest, 1);
  EXPECT_NEAR(bandit->world(1).feature_bound, std::sqrt(2), 1e-15);
}

TEST(LinearArms, CoinsNeedMeansBetweenZeroAndOne) {
  const auto refusal = [](const std::string& family, const std::vector<Setting>& settings) -> std::string {
    try {
      make(family, settings);
    } catch (const InvalidOption& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("circle-arms", {{"coins", "true"}, {"arms", "4"}}),
              HasSubstr("the mean of arm 2 is -1, must be between 0 and 1"));
  EXPECT_THAT(refusal("subset-arms", {{"coins", "true"}, {"theta", "0.5/0.9"}, {"intercept", "0.3"}}),
              HasSubstr("the mean of arm 1 is 1.2"));
  EXPECT_THAT(refusal("contextual-arms", {{"coins", "true"}, {"length", "0.5"}}),
              HasSubstr("the worst arm of the sphere is -0.5"));
  EXPECT_THAT(refusal("contextual-arms", {{"coins", "true"}, {"length", "0.5"}, {"intercept", "0.6"}}),
              HasSubstr("the best arm of the sphere is 1.1"));
  EXPECT_THAT(refusal("end-of-optimism", {{"coins", "true"}, {"logistic", "true"}}),
              HasSubstr("'coins' and 'logistic'"));
  EXPECT_EQ(refusal("end-of-optimism", {{"coins", "true"}}), "");
}

TEST(LinearLearners, RefuseMeansThatAreNotLinear) {
  const auto refusal = [](const NamedBandit& made, const std::string& learner,
                          const std::vector<Setting>& settings = {}) -> std::string {
    try {
      (void)make_agent(*made.bandit, learner, settings, 1000, Stream(1));
    } catch (const InvalidOption& error) {
      return error.what();
    }
    return "";
  };
  const NamedBandit logistic = make("circle-arms", {{"logistic", "true"}}), curve = make("process-arms"),
                    coins = make("end-of-optimism", {{"coins", "true"}}), changing = make("relaxation");
  for (const char* learner :
       {"oful", "lin-ts", "lin-ucb", "lin-imed", "d-lin-ucb", "sup-lin-ucb", "phased-elimination"}) {
    EXPECT_THAT(refusal(logistic, learner), testing::AllOf(testing::StartsWith(std::string(learner) + " needs"),
                                                           testing::EndsWith("ucb-glm plays it")));
    EXPECT_THAT(refusal(curve, learner), testing::EndsWith("gp-ucb plays it"));
    EXPECT_THAT(refusal(changing, learner), HasSubstr("linear in the features, those of this bandit are not"));
    EXPECT_EQ(refusal(coins, learner), "");
  }
  EXPECT_THAT(refusal(logistic, "dp-bai"), HasSubstr("plan=uniform"));
  EXPECT_EQ(refusal(logistic, "dp-bai", {{"plan", "uniform"}}), "");
  EXPECT_EQ(refusal(coins, "dp-bai"), "");
  EXPECT_EQ(refusal(logistic, "ucb-glm"), "");
  EXPECT_EQ(refusal(curve, "gp-ucb"), "");
  EXPECT_THAT(refusal(curve, "ucb-glm"), HasSubstr("nobody does"));
}

TEST(LinearArms, RefusesWhatIsNoBandit) {
  EXPECT_THAT(
      [] {
        make("linear-arms", {{"theta", "1/2"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("'theta' has 2 numbers, must be as many as the dimension 5")));
  EXPECT_THAT(
      [] {
        make("ball-arms", {{"dimension", "8"}, {"resolution", "9"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("has more than")));
  EXPECT_THAT(
      [] {
        LinearBandit({.theta = {1, 0}}, {1, 2, 3});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("multiple of the dimension 2")));
  EXPECT_THAT([] { LinearBandit({.theta = {1}, .sigma = 0}, {1}); }, ThrowsMessage<InvalidOption>(HasSubstr("sigma")));
}

// (1, 0), (0, 1), (1 - e, 8 e) under (1, 0): all information about the third arm comes from the second, which is 128 of
// its pulls at a cost of 1 each; its own would cost 2 / e.
TEST(InstanceBound, EndOfOptimism) {
  for (const char* epsilon : {"0.01", "0.001"}) {
    const auto bandit =
        std::static_pointer_cast<const LinearBandit>(make("end-of-optimism", {{"epsilon", epsilon}}).bandit);
    const auto bound = instance_bound(*bandit);
    ASSERT_TRUE(bound);
    EXPECT_NEAR(bound->value, 128, 1e-5);
    EXPECT_NEAR(bound->pulls[1], 128, 1e-5);
    EXPECT_NEAR(bound->pulls[2], 0, 1e-4);
    EXPECT_TRUE(std::isinf(bound->pulls[0]));
    EXPECT_LT(bound->slack, 1e-6);
  }
}

// Unit vectors: no arm tells anything of another, so the bound is that of independent normal arms, sum of 2 / gap.
TEST(InstanceBound, UnitVectorsAreOrdinaryArms) {
  const LinearBandit bandit({.theta = {1, 0.5, 0.25, 0}, .sigma = 2}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
  const auto bound = instance_bound(bandit);
  ASSERT_TRUE(bound);
  EXPECT_NEAR(bound->value, 4 * (2 / 0.5 + 2 / 0.75 + 2 / 1.0), 1e-6);
}

TEST(InstanceBound, MeetsItsConstraints) {
  const auto bandit = std::static_pointer_cast<const LinearBandit>(
      make("linear-arms", {{"dimension", "4"}, {"arms", "12"}, {"seed", "3"}}).bandit);
  const auto bound = instance_bound(*bandit);
  ASSERT_TRUE(bound);
  // Twice the pulls of any single arm cannot help: the value is a minimum along every coordinate that stays feasible.
  double cost = 0;
  const double best = std::ranges::max(bandit->means());
  for (std::size_t a = 0; a < bound->pulls.size(); ++a)
    if (bandit->means()[a] < best) cost += bound->pulls[a] * (best - bandit->means()[a]);
  EXPECT_NEAR(cost, bound->value, 1e-6 * cost);
  EXPECT_FALSE(instance_bound(LinearBandit({.theta = {1, 0}}, {1, 0, 1, 0})));
}

}  // namespace
}  // namespace bellwether::bandits
