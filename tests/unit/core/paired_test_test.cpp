#include "core/paired_test.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <gtest/gtest.h>

#include "core/sampling.h"
#include "core/statistics.h"

namespace bellwether {
namespace {

const std::vector<double> kZero(60, 0.0);

std::span<const double> zeros(std::size_t n) { return std::span<const double>(kZero).first(n); }

// Fisher's own example, Darwin's maize (Fisher 1935, section 21): 15 pairs, 863 of the 32768 sign patterns reach the
// observed sum of 314 on either side, 1726 in all: p = 5.267 %.
TEST(PairedTest, CountsFishersPatterns) {
  const std::vector<double> differences = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};
  const PairedTest test = paired_permutation_test(differences, zeros(15), 100, Stream(1));
  EXPECT_TRUE(test.exact);
  EXPECT_DOUBLE_EQ(test.p_value, 1726.0 / 32768);
  EXPECT_DOUBLE_EQ(test.difference, 314.0 / 15);
}

/// The same share by walking through all patterns recursively.
int count_far(const std::vector<double>& d, std::size_t i, double sum, double bar) {
  if (i == d.size()) return std::abs(sum) >= bar - 1e-9 ? 1 : 0;
  return count_far(d, i + 1, sum + d[i], bar) + count_far(d, i + 1, sum - d[i], bar);
}

TEST(PairedTest, AgreesWithARecursiveCount) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Stream draws(seed);
    std::vector<double> d(9);
    for (double& x : d) x = 0.3 + sample_normal(draws);
    double sum = 0;
    for (const double x : d) sum += x;
    const double expected = count_far(d, 0, 0, std::abs(sum)) / 512.0;
    EXPECT_DOUBLE_EQ(paired_permutation_test(d, zeros(9), 100, Stream(1)).p_value, expected) << "seed " << seed;
  }
}

TEST(PairedTest, SmallestPValueOfFewPairs) {
  const std::vector<double> ahead = {1.1, 1.2, 1.3, 1.4};
  EXPECT_DOUBLE_EQ(paired_permutation_test(ahead, zeros(4), 100, Stream(1)).p_value, 1.0 / 8);
  EXPECT_EQ(paired_permutation_test(ahead, ahead, 100, Stream(1)).p_value, 1);
  EXPECT_EQ(paired_permutation_test({}, {}, 100, Stream(1)).p_value, 1);
  const std::vector<double> missing = {1, std::nan(""), 2, 3};
  EXPECT_EQ(paired_permutation_test(ahead, missing, 100, Stream(1)).p_value, 1);
  EXPECT_EQ(pairs_needed(std::nan(""), 1), 1'000'000'000);
}

// Differences of equal size: sums are integers times it, so the share is a binomial tail; rounding must not lose ties.
TEST(PairedTest, CountsTiesOfRoundedSums) {
  const std::vector<double> d = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -0.1, -0.1, -0.1};
  // 7 or more, or 3 or less, of 10 fair coins: 2 (120 + 45 + 10 + 1) / 1024.
  EXPECT_DOUBLE_EQ(paired_permutation_test(d, zeros(10), 100, Stream(1)).p_value, 352.0 / 1024);
}

// The two routes meet: 40 pairs are counted, and drawn patterns of 41, one of them without a difference, agree.
TEST(PairedTest, DrawnPatternsAgreeWithCountedOnes) {
  for (const double shift : {0.0, 0.2, 0.4}) {
    Stream draws(5);
    std::vector<double> d(41);
    for (double& x : d) x = shift + sample_normal(draws);
    d[17] = 0;
    const PairedTest drawn = paired_permutation_test(d, zeros(41), 200'000, Stream(6));
    EXPECT_FALSE(drawn.exact);
    d.erase(d.begin() + 17);
    const PairedTest counted = paired_permutation_test(d, zeros(40), 0, Stream(6));
    EXPECT_TRUE(counted.exact);
    EXPECT_NEAR(drawn.p_value / counted.p_value, 1, 0.15) << counted.p_value;
    EXPECT_LT(counted.p_value, 1);
  }
}

TEST(PairedTest, CountedShareIsNearStudentsForNormalData) {
  Stream draws(5);
  std::vector<double> d(39);
  for (double& x : d) x = 0.35 + sample_normal(draws);
  const PairedTest test = paired_permutation_test(d, zeros(39), 0, Stream(6));
  const boost::math::students_t_distribution<double> law(38);
  const double t = std::abs(test.difference / test.standard_error);
  EXPECT_NEAR(test.p_value / (2 * boost::math::cdf(boost::math::complement(law, t))), 1, 0.1) << test.p_value;
}

TEST(PairedTest, SaysTheSmallestPAndNeverLess) {
  const std::vector<double> d(50, 1.0);
  const PairedTest counted = paired_permutation_test(std::span(d).first(25), zeros(25), 0, Stream(2));
  EXPECT_EQ(counted.p_value, std::ldexp(1.0, -24));
  EXPECT_EQ(counted.smallest_p, counted.p_value);
  const PairedTest drawn = paired_permutation_test(d, zeros(50), 9999, Stream(2));
  EXPECT_DOUBLE_EQ(drawn.p_value, 1e-4);
  EXPECT_EQ(drawn.smallest_p, drawn.p_value);
}

// Under the hypothesis p <= 5 % in at most 5 % of 1000 tests (binomial quantile at 1e-4: 78).
TEST(PairedTest, KeepsItsLevel) {
  int exact_alarms = 0, sampled_alarms = 0;
  for (std::uint64_t trial = 0; trial < 1000; ++trial) {
    Stream draws = Stream(9).child(trial);
    std::vector<double> d(45);
    for (double& x : d) x = (sample_bernoulli(draws, 0.5) ? 1 : -1) * sample_exponential(draws);
    const auto few = std::span<const double>(d).first(10);
    exact_alarms += paired_permutation_test(few, zeros(10), 0, Stream(1)).p_value <= 0.05 ? 1 : 0;
    sampled_alarms += paired_permutation_test(d, zeros(45), 199, Stream(10).child(trial)).p_value <= 0.05 ? 1 : 0;
  }
  EXPECT_LE(exact_alarms, 78);
  EXPECT_LE(sampled_alarms, 78);
  EXPECT_GE(exact_alarms, 25);
  EXPECT_GE(sampled_alarms, 25);
}

TEST(Holm, HandComputed) {
  const std::vector<double> adjusted = holm_adjusted(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};  // 3*.01, max(.06, 1*.04), 2*.03, 4*.005
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-15);
  EXPECT_EQ(holm_adjusted(std::vector<double>{0.7, 0.6}), (std::vector<double>{1, 1}));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

// The power of the two-sided t test with n pairs, by the noncentral t law.
double power_of(double n, double ratio) {
  const boost::math::students_t_distribution<double> law(n - 1);
  const boost::math::non_central_t_distribution<double> shifted(n - 1, std::sqrt(n) / ratio);
  const double t = boost::math::quantile(law, 0.975);
  return 1 - boost::math::cdf(shifted, t) + boost::math::cdf(shifted, -t);
}

TEST(PairsNeeded, GivesTheAskedPower) {
  for (const double ratio : {0.5, 1.0, 2.0, 5.0, 12.0}) {
    const auto n = static_cast<double>(pairs_needed(1, ratio, 0.05, 0.8));
    EXPECT_GE(power_of(n, ratio), 0.79) << "ratio " << ratio << ", n " << n;
    if (n > 6) {
      EXPECT_LE(power_of(n - 2, ratio), 0.81) << "ratio " << ratio << ", n " << n;
    }
  }
  EXPECT_EQ(pairs_needed(1, 2, 0.05, 0.8), 34);  // the usual tables say 34 for an effect of half a deviation
}

// Small effects used to need fewer pairs than large ones: the quantiles of one degree of freedom sent the search
// astray.
TEST(PairsNeeded, IsTheLeastNumberAndGrowsWithTheSpread) {
  std::int64_t before = 2;
  for (double ratio = 0.02; ratio < 3; ratio *= 1.1) {
    const std::int64_t n = pairs_needed(1, ratio, 0.05, 0.8);
    EXPECT_GE(n, before) << "ratio " << ratio;
    before = n;
    EXPECT_GE(power_of(static_cast<double>(n), ratio), 0.75) << "ratio " << ratio;
    if (n > 3) {
      EXPECT_LE(power_of(static_cast<double>(n - 2), ratio), 0.81) << "ratio " << ratio;
    }
  }
}

TEST(PairsNeeded, HasLimits) {
  EXPECT_EQ(pairs_needed(1, 0), 2);
  EXPECT_EQ(pairs_needed(0, 1), 1'000'000'000);
  EXPECT_EQ(pairs_needed(0, 0), 1'000'000'000);
  EXPECT_EQ(pairs_needed(1e-9, 1), 1'000'000'000);
}

}  // namespace
}  // namespace bellwether
