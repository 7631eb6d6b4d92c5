#include "bandits/information/proportions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether::bandits {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;
using Means = std::vector<double>;

constexpr LawFamily kCoins;

/// What the shares are worth per round: the least cost of believing in another arm.
double information(const Means& means, const std::vector<double>& share, const LawFamily& law) {
  const auto best = static_cast<std::size_t>(std::ranges::max_element(means) - means.begin());
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t b = 0; b < means.size(); ++b)
    if (b != best) least = std::min(least, transport_cost(share[best], means[best], share[b], means[b], law));
  return least;
}

TEST(Proportions, AreTheKnownOnes) {
  const auto look = [](const Means& means, double time, const std::vector<double>& share) {
    const Proportions got = optimal_proportions(means, kCoins);
    EXPECT_NEAR(got.time, time, 1e-3);
    EXPECT_THAT(got.share, Pointwise(DoubleNear(1e-4), share));
  };
  look({0.5, 0.45, 0.43, 0.4}, 989.792, {0.4165, 0.3903, 0.1362, 0.0570});
  look({0.3, 0.21, 0.2, 0.19, 0.18}, 326.642, {0.3359, 0.2515, 0.1766, 0.1324, 0.1036});
  look({0.5, 0.4}, 197.650, {0.4983, 0.5017});
  look({0.9, 0.8}, 100.117, {0.5236, 0.4764});
}

TEST(Proportions, BalanceAllCostsAndNoOtherSharesAreWorthMore) {
  Stream stream(4);
  for (int i = 0; i < 300; ++i) {
    Means means(2 + stream.below(6));
    for (double& m : means) m = 0.02 + 0.96 * stream.uniform();
    const LawFamily laws[] = {
        {}, LawFamily::gaussian(0.7), {.kind = LawFamily::Kind::kPoisson}, {.kind = LawFamily::Kind::kExponential}};
    const LawFamily& law = laws[i % 4];
    const Proportions got = optimal_proportions(means, law);
    ASSERT_NEAR(std::accumulate(got.share.begin(), got.share.end(), 0.0), 1, 1e-12);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(means) - means.begin());
    for (std::size_t b = 0; b < means.size(); ++b)
      if (b != best) {
        ASSERT_NEAR(got.time * transport_cost(got.share[best], means[best], got.share[b], means[b], law), 1, 1e-6);
      }
    for (int other = 0; other < 20; ++other) {
      std::vector<double> share = got.share;
      for (double& w : share) w *= std::exp(0.2 * (stream.uniform() - 0.5));
      const double sum = std::accumulate(share.begin(), share.end(), 0.0);
      for (double& w : share) w /= sum;
      ASSERT_LE(information(means, share, law) * got.time, 1 + 1e-9);
    }
  }
}

TEST(Proportions, TwoNormalArmsShareEqually) {
  const Proportions got = optimal_proportions(Means{1, 0.5}, LawFamily::gaussian(1));
  EXPECT_THAT(got.share, Pointwise(DoubleNear(1e-9), {0.5, 0.5}));
  EXPECT_NEAR(got.time, 8 / 0.25, 1e-7);
}

TEST(Proportions, MeansAtTheEdgesAndTies) {
  EXPECT_THAT(optimal_proportions(Means{0.5, 0.2, 0.5}, kCoins).share, ElementsAre(0.5, 0, 0.5));
  EXPECT_EQ(optimal_proportions(Means{0.5, 0.2, 0.5}, kCoins).time, std::numeric_limits<double>::infinity());
  EXPECT_THAT(optimal_proportions(Means{0.5}, kCoins).share, ElementsAre(1));
  EXPECT_EQ(optimal_proportions(Means{0.5}, kCoins).time, 0);
  for (const Means& means : {Means{1, 0}, Means{1, 0.5, 0}, Means{0.001, 0, 0}, Means{0.5, 0.5 - 1e-6}}) {
    const Proportions got = optimal_proportions(means, kCoins);
    EXPECT_NEAR(std::accumulate(got.share.begin(), got.share.end(), 0.0), 1, 1e-12);
    EXPECT_NEAR(got.time * information(means, got.share, kCoins), 1, 1e-4);
  }
}

TEST(TransportCost, ByHand) {
  EXPECT_EQ(transport_cost(10, 0.4, 10, 0.5, kCoins), 0);
  EXPECT_EQ(transport_cost(0, 0.6, 10, 0.5, kCoins), 0);
  EXPECT_NEAR(transport_cost(10, 0.6, 30, 0.2, kCoins),
              10 * bernoulli_divergence(0.6, 0.3) + 30 * bernoulli_divergence(0.2, 0.3), 1e-12);
}

}  // namespace
}  // namespace bellwether::bandits
