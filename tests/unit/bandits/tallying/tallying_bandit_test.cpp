#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/stationary.h"
#include "bandits/arms/tallying.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Spread = TallyingBandit::Noise;

/// Losses in expectation, round by round.
std::vector<double> mean_losses(const TallyingBandit& bandit, const std::vector<int>& arms) {
  const auto game = bandit.start(static_cast<std::int64_t>(arms.size()), Stream(1));
  std::vector<double> losses;
  for (const int arm : arms) {
    game->next();
    losses.push_back(1 - game->play(arm).mean);
  }
  return losses;
}

TEST(TallyingBandit, ExposureCountsTheRoundItselfAndLooksBackMRounds) {
  // h(y) = 1 - y / |w| of arm 0, so 1 - loss is the share of the weights that saw arm 0.
  const TallyingBandit bandit({0.5, 0.3, 0.2}, {{.fresh = 1, .full = 0}, {.fresh = .25, .full = .25}},
                              Spread::kGaussian, 0);
  const std::vector<double> losses = mean_losses(bandit, {0, 0, 1, 0, 1, 1, 1, 0});
  const std::vector<double> expected = {.5, .2, .25, .3, .25, .25, .25, .5};
  for (std::size_t t = 0; t < losses.size(); ++t) EXPECT_NEAR(losses[t], expected[t], 1e-15) << t;
}

TEST(TallyingBandit, PlayedAsLongAsItRemembersAnArmIsFullyExposedToTheBit) {
  Stream stream(3);
  for (int trial = 0; trial < 50; ++trial) {
    const auto m = static_cast<int>(1 + stream.below(20));
    std::vector<double> weights(static_cast<std::size_t>(m));
    for (double& weight : weights) weight = stream.uniform() + 1e-3;
    const TallyingBandit bandit(weights, {{.fresh = 1, .full = .2}, {.fresh = .9, .full = .3}}, Spread::kGaussian, 0);
    std::vector<int> arms(static_cast<std::size_t>(3 * m), 0);
    for (int j = m; j < 3 * m; ++j) arms[static_cast<std::size_t>(j)] = 1;
    const std::vector<double> losses = mean_losses(bandit, arms);
    EXPECT_EQ(losses[static_cast<std::size_t>(m - 1)], 1 - (1 - .2));
    for (int j = 2 * m - 1; j < 3 * m; ++j) EXPECT_EQ(losses[static_cast<std::size_t>(j)], 1 - (1 - .3));
    // One round less than that is not enough.
    if (m > 1) {
      EXPECT_GT(losses[static_cast<std::size_t>(2 * m - 2)], .3);
    }
  }
}

TEST(TallyingBandit, NoSequenceBeatsTheComparator) {
  constexpr int kRounds = 10;
  Stream stream(5);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<double> weights(3);
    for (double& weight : weights) weight = stream.uniform() + 1e-3;
    std::vector<ExposureLoss> losses;
    for (int i = 0; i < 2; ++i) {
      const double full = stream.uniform();
      losses.push_back({.fresh = full + (1 - full) * stream.uniform(), .full = full, .threshold = i * .5});
    }
    const TallyingBandit bandit(weights, losses, Spread::kGaussian, 0);
    double least = kRounds;
    for (int code = 0; code < 1 << kRounds; ++code) {
      std::vector<int> arms(kRounds);
      for (int t = 0; t < kRounds; ++t) arms[static_cast<std::size_t>(t)] = code >> t & 1;
      const auto sequence = mean_losses(bandit, arms);
      least = std::min(least, std::accumulate(sequence.begin(), sequence.end(), 0.0));
    }
    const double benchmark = kRounds * bandit.full_loss(bandit.best());
    EXPECT_GE(least, benchmark - 1e-12);
    // What the best sequence pays above it is the way to full exposure: two rounds, of at most 1 each.
    EXPECT_LE(least, benchmark + 2 + 1e-12);
  }
}

TEST(TallyingBandit, WithoutMemoryItIsAnOrdinaryBandit) {
  const TallyingBandit tallying({2.0}, {{.fresh = 1, .full = .25}, {.fresh = .5, .full = .5}}, Spread::kGaussian, .1);
  const StationaryBandit ordinary({{Law::Family::kGaussian, .75, .1}, {Law::Family::kGaussian, .5, .1}});
  for (int seed = 0; seed < 5; ++seed) {
    const auto run = [&](const Bandit& bandit) {
      return play(bandit, "wtb-se", {{"memory", "1"}}, Stream(9).child(seed), {.length = 2000});
    };
    const Series a = run(tallying), b = run(ordinary);
    for (std::size_t row = 0; row < a.at.size(); ++row) {
      EXPECT_EQ(a.value(row, 0), b.value(row, 0));
      EXPECT_EQ(a.value(row, 1), b.value(row, 1));
    }
  }
}

TEST(TallyingBandit, NoiseHasTheMeanAndTheSpreadItSays) {
  for (const Spread noise : {Spread::kGaussian, Spread::kBernoulli}) {
    const TallyingBandit bandit({1.0}, {{.fresh = .3, .full = .3}}, noise, .1);
    const auto game = bandit.start(1, Stream(2));
    constexpr int kRounds = 100'000;
    double sum = 0, squares = 0;
    for (int t = 0; t < kRounds; ++t) {
      game->next();
      const double x = game->play(0).reward - .7;
      sum += x, squares += x * x;
    }
    const double variance = noise == Spread::kGaussian ? .01 : .21;
    EXPECT_NEAR(sum / kRounds, 0, 5 * std::sqrt(variance / kRounds));
    EXPECT_NEAR(squares / kRounds, variance, .03 * variance);
  }
}

TEST(TallyingBandit, RefusesWhatTheComparatorIsNotBestFor) {
  const auto make = [](std::vector<double> weights, std::vector<ExposureLoss> losses, double sigma = 0) {
    TallyingBandit(std::move(weights), std::move(losses), Spread::kGaussian, sigma);
  };
  const std::vector<ExposureLoss> tiring = {{.fresh = 0, .full = .9}, {.fresh = .5, .full = .5}};
  EXPECT_THAT([&] { make({.5, .5}, tiring); }, ThrowsMessage<InvalidOption>(HasSubstr("arm 0 loses")));
  EXPECT_NO_THROW(make({1.0}, tiring));  // a single round of memory: it is never fresh
  EXPECT_THAT([&] { make({}, tiring); }, ThrowsMessage<InvalidOption>(HasSubstr("add up to 0")));
  EXPECT_THAT([&] { make({1, -1}, tiring); }, ThrowsMessage<InvalidOption>(HasSubstr("weight 2")));
  EXPECT_THAT([&] { make({1}, {}); }, ThrowsMessage<InvalidOption>(HasSubstr("no arms")));
  EXPECT_THAT([&] { make({1}, {{.fresh = 2, .full = 1}}); }, ThrowsMessage<InvalidOption>(HasSubstr("arm 0")));
  EXPECT_THAT([&] { make({1}, {{.fresh = 1, .full = 1}}, -1); }, ThrowsMessage<InvalidOption>(HasSubstr("sigma")));
}

TEST(TallyingFamilies, TheTrapIsBestAtNineTenthsAndWorstBelow) {
  const auto bandit = find_family("tallying-trap")->make({{"memory", "5"}, {"seed", "3"}}).bandit;
  const auto& trap = dynamic_cast<const TallyingBandit&>(*bandit);
  // w = .8^j: 1 + .8 + .64 + .512 of 3.36 is .878, so that four rounds are too few.
  const auto losses = mean_losses(trap, std::vector<int>(6, trap.best()));
  EXPECT_THAT(losses, testing::ElementsAre(1, 1, 1, 1, 0, 0));
  EXPECT_NE(bandit->content(), find_family("tallying-trap")->make({{"memory", "6"}, {"seed", "3"}}).bandit->content());
}

TEST(TallyingFamilies, SmoothArmsFallToTheirMeans) {
  const auto bandit = find_family("tallying-smooth")->make({{"arms", "5"}, {"weights", "1/1"}}).bandit;
  const auto& smooth = dynamic_cast<const TallyingBandit&>(*bandit);
  EXPECT_EQ(smooth.weights(), (std::vector<double>{1, 1}));
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(smooth.full_loss(i), .2 + .1 * i, 1e-15);
    const double slope = smooth.losses()[static_cast<std::size_t>(i)].fresh - smooth.full_loss(i);
    EXPECT_GE(slope, .2);
    EXPECT_LE(slope, .4);
  }
}

}  // namespace
}  // namespace bellwether::bandits
