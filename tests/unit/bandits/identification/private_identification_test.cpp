#include "bandits/identification/private_identification.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/linear.h"
#include "bandits/identification/keep_best.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/statistics.h"
#include "tests/unit/bandits/identification/support.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Laplace, HasItsMoments) {
  Stream stream(1);
  constexpr int kDraws = 400'000;
  double sum = 0, size = 0, square = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = sample_laplace(stream, 0.25);
    sum += x / kDraws;
    size += std::abs(x) / kDraws;
    square += x * x / kDraws;
  }
  EXPECT_NEAR(sum, 0, 0.003);
  EXPECT_NEAR(size, 0.25, 0.02 * 0.25);
  EXPECT_NEAR(square, 2 * 0.0625, 0.02 * 2 * 0.0625);
}

TEST(DpBaiPlan, ByHand) {
  // K = 8 without features: halving.
  EXPECT_THAT(dp_bai_plan(8, 8, 500).sizes, ElementsAre(8, 4, 2, 1));
  EXPECT_EQ(dp_bai_plan(8, 8, 500).budget, 486);
  // d = 4, K = 40: g = 4, 2, 1; h_0 = 36, lambda = 36^(1 / ln 4), h = 2, 0.
  EXPECT_THAT(dp_bai_plan(40, 4, 1000).sizes, ElementsAre(40, 6, 4, 2, 1));
  EXPECT_EQ(dp_bai_plan(40, 4, 1000).budget, 1000 - 4 - 6 - 4 - 2);
  EXPECT_THAT(dp_bai_plan(2, 2, 100).sizes, ElementsAre(2, 1));
}

/// Coins with features that are drawn once; the mean is the first coordinate.
LinearBandit linear_coins(int arms, int dimension, const Stream& stream) {
  Stream draws = stream.child("features");
  std::vector<double> features, theta(static_cast<std::size_t>(dimension));
  theta[0] = 1;
  for (int a = 0; a < arms; ++a)
    for (int k = 0; k < dimension; ++k)
      features.push_back(k == 0 ? 0.2 + 0.6 * draws.uniform() : draws.uniform() - 0.5);
  return LinearBandit({.theta = std::move(theta), .coins = true}, std::move(features));
}

TEST(DpBai, KeepsToTheBudgetWithFeatures) {
  for (const int dimension : {1, 2, 3, 5, 10}) {
    for (const int arms : {2, 3, 7, 20, 50, 200}) {
      const std::int64_t rounds = 50 * arms;
      const LinearBandit bandit = linear_coins(arms, dimension, Stream(dimension).child(arms));
      const Series series = play(bandit, "dp-bai", {}, Stream(1), {.length = rounds});
      EXPECT_EQ(series.value(0, 0), 1) << "must name an arm before the budget is spent: d " << dimension << " K "
                                       << arms;
      EXPECT_LE(series.at[0], rounds);
      EXPECT_GE(series.at[0], rounds / 3);
    }
  }
}

TEST(DpBai, KeepsToTheBudgetWithoutFeatures) {
  for (int arms = 2; arms <= 200; ++arms) {
    for (const std::int64_t rounds : {50 * arms, 50 * arms + 13}) {
      const DpBaiPlan plan = dp_bai_plan(arms, arms, rounds);
      std::int64_t total = 0;
      for (int p = 0; p < plan.phases(); ++p) {
        const std::int64_t size = plan.sizes[static_cast<std::size_t>(p)], share = size * plan.phases();
        total += size * ((plan.budget + share - 1) / share);
      }
      EXPECT_LE(total, rounds) << arms;
    }
  }
}

TEST(DpBai, FeaturesLetItNameTheBestOfManyArms) {
  const LinearBandit bandit = linear_coins(60, 2, Stream(4));
  int with = 0, without = 0;
  constexpr int kRuns = 200;
  const StationaryBandit plain = coins({bandit.means().begin(), bandit.means().end()});
  for (int i = 0; i < kRuns; ++i) {
    with +=
        play(bandit, "dp-bai", {{"privacy", "10"}}, Stream(8).child(i), {.length = 6000}).value(0, 2) > 0.05 ? 1 : 0;
    without +=
        play(plain, "dp-bai", {{"privacy", "10"}}, Stream(8).child(i), {.length = 6000}).value(0, 2) > 0.05 ? 1 : 0;
  }
  EXPECT_LT(with, 0.5 * without + 1);
  EXPECT_LT(with, 0.1 * kRuns);
}

// Reference errors with 20,000 runs, K = 8.
TEST(DpBai, ErrsAsOftenAsIsKnown) {
  const auto look = [](const char* privacy, std::int64_t rounds, double known) {
    constexpr int kRuns = 3000;
    const double got =
        mean(identify(coins(one_above(0.9, 0.8, 7)), "dp-bai", {{"privacy", privacy}}, rounds, kRuns).wrong);
    const double error = std::sqrt(known * (1 - known) * (1.0 / kRuns + 1.0 / 20'000));
    EXPECT_NEAR(got, known, std::max(0.1 * known, 4 * error)) << privacy << " " << rounds;
  };
  look("1e9", 500, 0.199);
  look("1e9", 1000, 0.066);
  look("1", 500, 0.289);
  look("1", 1000, 0.101);
  look("0.2", 500, 0.645);
  look("0.2", 1000, 0.432);
  look("0.05", 500, 0.819);
  look("0.05", 1000, 0.752);
}

/// Plays two arms with n rewards each from a table, and returns what was released.
std::vector<double> released(const std::vector<std::vector<double>>& rewards, double privacy) {
  const auto n = static_cast<std::int64_t>(rewards[0].size());
  const World world{.arms = 2, .rounds = 2 * n, .noise = Noise::kBernoulli};
  DpBai agent(world, {.privacy = privacy, .plan = "uniform"}, Stream(7));
  std::vector<std::size_t> next(2);
  while (!agent.finished()) {
    const auto arm = static_cast<std::size_t>(agent.choose({.number = 1, .arms = 2}));
    agent.learn({.round = 1, .arm = static_cast<int>(arm), .reward = rewards[arm][next[arm]++]});
  }
  return agent.released();
}

// With the same noise, one reward moves one number by at most 1 / n; the density of Laplace noise of scale 1 / (eps n)
// then changes by a factor of at most e^eps.
TEST(DpBai, OneRewardMovesOneReleasedMeanByAtMostOneNth) {
  std::vector<std::vector<double>> table(2, std::vector<double>(10, 1.0));
  const std::vector<double> before = released(table, 0.5);
  table[1][4] = 0;
  const std::vector<double> after = released(table, 0.5);
  EXPECT_EQ(before[0], after[0]);
  EXPECT_NEAR(std::abs(before[1] - after[1]), 0.1, 1e-12);
  EXPECT_NE(before[0], 1);
}

TEST(DpBai, TheNoiseOnAMeanHasTheScaleOneOverEpsN) {
  double size = 0;
  constexpr int kRuns = 20'000, kPulls = 10;
  for (int i = 0; i < kRuns; ++i) {
    DpBai agent({.arms = 2, .rounds = 2 * kPulls, .noise = Noise::kBernoulli}, {.privacy = 0.5, .plan = "uniform"},
                Stream(7).child(i));
    while (!agent.finished()) {
      const int arm = agent.choose({.number = 1, .arms = 2});
      agent.learn({.round = 1, .arm = arm, .reward = 1});
    }
    for (const double x : agent.released()) size += std::abs(x - 1) / (2 * kRuns);
  }
  EXPECT_NEAR(size, 1 / (0.5 * kPulls), 0.02 / (0.5 * kPulls));
}

TEST(DpBai, RefusesWhatItCannotPlay) {
  const StationaryBandit normal({{Law::Family::kGaussian, 0, 1}, {Law::Family::kGaussian, 1, 1}});
  EXPECT_THAT([&] { play(normal, "dp-bai", {}, Stream(1), {.length = 100}); },
              ThrowsMessage<InvalidOption>(HasSubstr("dp-bai needs rewards in [0, 1]")));
  EXPECT_THAT(
      [&] {
        play(coins({0.1, 0.2, 0.3}), "dp-bai", {}, Stream(1), {.length = 2});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("a round for every arm")));
}

}  // namespace
}  // namespace bellwether::bandits
