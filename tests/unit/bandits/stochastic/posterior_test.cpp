#include "bandits/stochastic/posterior.h"

#include <cmath>
#include <initializer_list>
#include <memory>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/inverse_gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <gtest/gtest.h>

#include "bandits/stochastic/posterior_law.h"

namespace bellwether::bandits {
namespace {

constexpr int kDraws = 40'000;
const Round kRound{.number = 1, .arms = 2};

void teach(Agent& agent, int arm, int ones, int zeros) {
  for (int i = 0; i < ones + zeros; ++i) agent.learn({.round = 1, .arm = arm, .reward = i < ones ? 1.0 : 0.0});
}

double share_of_first(Agent& agent) {
  int first = 0;
  for (int i = 0; i < kDraws; ++i) first += agent.choose(kRound) == 0 ? 1 : 0;
  return static_cast<double>(first) / kDraws;
}

/// P(X > Y) of Beta(a, b) and Beta(c, d), by the midpoint rule.
double chance_above(double a, double b, double c, double d) {
  constexpr int kCells = 20'000;
  double sum = 0;
  for (int i = 0; i < kCells; ++i) {
    const double x = (i + 0.5) / kCells;
    sum += pdf(boost::math::beta_distribution<>(a, b), x) * cdf(boost::math::beta_distribution<>(c, d), x) / kCells;
  }
  return sum;
}

TEST(Thompson, PlaysAnArmAsOftenAsItsPosteriorIsTheLargest) {
  const auto agent = make_thompson({.arms = 2, .noise = Noise::kBernoulli}, {}, Stream(1));
  EXPECT_NEAR(share_of_first(*agent), 0.5, 0.01);
  teach(*agent, 0, 3, 5);
  teach(*agent, 1, 1, 1);
  EXPECT_NEAR(share_of_first(*agent), chance_above(4, 6, 2, 2), 0.01);
}

TEST(Thompson, TakesItsPriorFromTheOptions) {
  const auto agent =
      make_thompson({.arms = 2, .noise = Noise::kBernoulli}, {.successes = 2, .failures = 0.5}, Stream(1));
  teach(*agent, 0, 0, 2);
  EXPECT_NEAR(share_of_first(*agent), chance_above(2, 2.5, 2, 0.5), 0.01);
}

// A reward of 0.3 is a success with probability 0.3: after many the posterior sits at 0.3, with the spread of counts.
TEST(Thompson, TossesACoinForRewardsBetween0And1) {
  const auto agent = make_thompson({.arms = 2, .noise = Noise::kUnit}, {}, Stream(1));
  for (int i = 0; i < 4000; ++i) agent->learn({.round = 1, .arm = 0, .reward = 0.3});
  teach(*agent, 1, 1300, 2700);
  EXPECT_LT(share_of_first(*agent), 0.2);
  teach(*agent, 1, 0, 1300);  // 1300 of 5300: 0.245
  EXPECT_GT(share_of_first(*agent), 0.999);
}

TEST(Thompson, DrawsNormalMeansWithKnownSigma) {
  const World world{.arms = 2, .noise = Noise::kGaussian, .sigma = 2, .low = -INFINITY, .high = INFINITY};
  const auto agent = make_thompson(world, {}, Stream(1));
  EXPECT_EQ(agent->choose(kRound), 0);
  agent->learn({.round = 1, .arm = 0, .reward = 1});
  EXPECT_EQ(agent->choose(kRound), 1);
  for (const double reward : {-1.0, 0.5, 0.5, 0.0}) agent->learn({.round = 1, .arm = 1, .reward = reward});
  // N(1, 4) against N(0, 1).
  EXPECT_NEAR(share_of_first(*agent), cdf(boost::math::normal_distribution<>(), 1 / std::sqrt(5.0)), 0.01);
}

// t is the number of the round, not of those before it: in round 6 the width is that of 1 - 1/6, 0.967, and arm 0 leads
// by 0.967 to 0.45 + 0.484; with 1 - 1/5, 0.842, it would be 0.842 to 0.45 + 0.421.
TEST(BayesUcb, TakesTheQuantileOfItsRound) {
  const World world{.arms = 2, .noise = Noise::kGaussian, .sigma = 1, .low = -INFINITY, .high = INFINITY};
  const auto agent = make_bayes_ucb(world, {}, Stream(1));
  agent->learn({.round = 1, .arm = 0, .reward = 0});
  for (int i = 0; i < 4; ++i) agent->learn({.round = 1, .arm = 1, .reward = 0.45});
  EXPECT_EQ(agent->choose(kRound), 0);
}

// Three and eight counts of two rewards each: Gamma(S + 1/2) / 2; S / Gamma(N) of waiting times.
TEST(Thompson, DrawsMeansOfCountsAndWaitingTimes) {
  const auto share = [](Noise noise, std::initializer_list<double> first, std::initializer_list<double> second) {
    const auto agent = make_thompson({.arms = 2, .noise = noise, .high = 1e9}, {}, Stream(1));
    for (const double x : first) agent->learn({.round = 1, .arm = 0, .reward = x});
    for (const double x : second) agent->learn({.round = 1, .arm = 1, .reward = x});
    return share_of_first(*agent);
  };
  /// P(X > Y), by the midpoint rule on the quantiles of X.
  const auto above = [](const auto& x, const auto& y) {
    constexpr int kCells = 20'000;
    double sum = 0;
    for (int i = 0; i < kCells; ++i) sum += cdf(y, quantile(x, (i + 0.5) / kCells)) / kCells;
    return sum;
  };
  using Gamma = boost::math::gamma_distribution<>;
  EXPECT_NEAR(share(Noise::kPoisson, {4, 4}, {2, 1}), above(Gamma(8.5, 1.0 / 2), Gamma(3.5, 1.0 / 2)), 0.01);
  using Inverse = boost::math::inverse_gamma_distribution<>;
  EXPECT_NEAR(share(Noise::kExponential, {1, 2, 3}, {2, 5}), above(Inverse(3, 6), Inverse(2, 7)), 0.01);
}

TEST(BayesUcb, TakesQuantilesOfCountsAndWaitingTimes) {
  const LawFamily counts{.kind = LawFamily::Kind::kPoisson}, times{.kind = LawFamily::Kind::kExponential};
  EXPECT_NEAR(upper_quantile(counts, 4, 2.5, 0.1),
              quantile(complement(boost::math::gamma_distribution<>(10.5, 0.25), 0.1)), 1e-12);
  EXPECT_NEAR(upper_quantile(times, 4, 2.5, 0.1),
              quantile(complement(boost::math::inverse_gamma_distribution<>(4, 10), 0.1)), 1e-9);
}

// sigma = 2, prior N(1, 1): four rewards of mean 2 weigh as much as the prior's four.
TEST(Thompson, NormalPriorIsWorthRewards) {
  const World world{.arms = 2, .noise = Noise::kGaussian, .sigma = 2, .low = -1e9, .high = 1e9};
  const auto agent = make_thompson(world, {.prior_mean = 1, .prior_sigma = 1}, Stream(1));
  EXPECT_NEAR(share_of_first(*agent), 0.5, 0.01) << "nothing has to be played first";
  for (const double x : {1.0, 3.0, 0.0, 4.0}) agent->learn({.round = 1, .arm = 0, .reward = x});
  // N(1.5, 4 / 8) against N(1, 1).
  EXPECT_NEAR(share_of_first(*agent), cdf(boost::math::normal_distribution<>(), 0.5 / std::sqrt(1.5)), 0.01);
}

}  // namespace
}  // namespace bellwether::bandits
