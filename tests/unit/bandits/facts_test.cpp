#include "bandits/arms/facts.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"

namespace bellwether::bandits {
namespace {

double fact(const std::vector<BanditFact>& facts, const std::string& what) {
  for (const BanditFact& row : facts)
    if (row.what == what) return row.value;
  ADD_FAILURE() << what;
  return 0;
}

TEST(Facts, SayHowHardABanditIs) {
  const auto facts = facts_of(*find_family("bernoulli-arms")->make({{"means", "0.8/0.9"}}).bandit);
  EXPECT_NEAR(fact(facts, "smallest gap"), 0.1, 1e-12);
  EXPECT_NEAR(fact(facts, "H1"), 200, 1e-9);
  EXPECT_NEAR(fact(facts, "H2"), 200, 1e-9);
  EXPECT_NEAR(fact(facts, "Lai-Robbins constant"), 2.2521, 5e-5);
  EXPECT_NEAR(fact(facts, "T*"), 100.117, 1e-3);
  EXPECT_NEAR(fact(facts, "w* of arm 1"), 0.5236, 5e-5);
}

TEST(Facts, OfNormalArmsUseTheirSigma) {
  const auto facts = facts_of(*find_family("arms")->make({{"means", "1/0.5"}, {"spread", "2"}}).bandit);
  EXPECT_NEAR(fact(facts, "Lai-Robbins constant"), 2 * 4 / 0.5, 1e-9);
  EXPECT_NEAR(fact(facts, "T*"), 8 * 4 / 0.25, 1e-6);
}

TEST(Facts, OfCountsAndWaitingTimes) {
  const auto counts = facts_of(*find_family("arms")->make({{"law", "poisson"}, {"means", "4/2.5"}}).bandit);
  EXPECT_NEAR(fact(counts, "Lai-Robbins constant"), 1.5 / (2.5 * std::log(2.5 / 4) + 1.5), 1e-12);
  const auto times = facts_of(*find_family("arms")->make({{"law", "exponential"}, {"means", "1/0.5"}}).bandit);
  EXPECT_NEAR(fact(times, "Lai-Robbins constant"), 0.5 / (std::log(2.0) - 0.5), 1e-12);
  // Exponential laws of two arms: the best shares by a search over all of them.
  double most = 0;
  for (int i = 1; i < 100'000; ++i) {
    const double w = i / 1e5, m = w + (1 - w) * 0.5;
    const auto d = [](double p, double q) { return std::log(q / p) + p / q - 1; };
    most = std::max(most, w * d(1, m) + (1 - w) * d(0.5, m));
  }
  EXPECT_NEAR(fact(times, "T*"), 1 / most, 1e-6);
}

TEST(Facts, OfHeavyTailsTellAMoment) {
  const auto second = facts_of(*find_family("arms")->make({{"law", "student"}, {"means", "1/-2"}}).bandit);
  EXPECT_NEAR(fact(second, "moment of order 2"), 4 + 3, 1e-12);
  // Exponent 1.5: order 1.25, of mean 3 from 1 on: 1.5 / 0.25.
  const auto pareto =
      facts_of(*find_family("arms")->make({{"law", "pareto"}, {"means", "3/1"}, {"degrees", "1.5"}}).bandit);
  EXPECT_NEAR(fact(pareto, "moment of order 1.25"), 6, 1e-12);
}

TEST(Facts, OfOtherLawsAreThoseOfTheGapsAlone) {
  EXPECT_EQ(facts_of(*find_family("arms")->make({{"law", "uniform"}}).bandit).size(), 3u);
  EXPECT_TRUE(facts_of(*find_family("bernoulli-arms")->make({{"arms", "1"}}).bandit).empty());
}

TEST(Facts, ComeWithNamedBandits) { EXPECT_FALSE(find_family("bernoulli-arms")->make().facts.empty()); }

}  // namespace
}  // namespace bellwether::bandits
