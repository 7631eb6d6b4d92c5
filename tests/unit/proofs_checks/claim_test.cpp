#include "proofs_checks/claim.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::claims {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// P(Binomial(n, p) > k), summed term by term.
double tail(int n, double p, int k) {
  double sum = 0;
  for (int i = k + 1; i <= n; ++i)
    sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) + i * std::log(p) +
                    (n - i) * std::log1p(-p));
  return sum;
}

TEST(MostViolations, IsTheSmallestCountThatATrueClaimSeldomExceeds) {
  for (const int trials : {1, 5, 20, 200}) {
    for (const double delta : {0.001, 0.05, 0.3}) {
      const auto k = static_cast<int>(most_violations(trials, delta));
      EXPECT_LE(tail(trials, delta, k), 1 - kConfidence) << trials << " " << delta;
      EXPECT_TRUE(k == 0 || tail(trials, delta, k - 1) > 1 - kConfidence) << trials << " " << delta;
    }
  }
  EXPECT_EQ(most_violations(20, 0.05), 5);
}

TEST(MostViolations, AllowsNoneWithoutDelta) { EXPECT_EQ(most_violations(1'000'000, 0), 0); }

TEST(MeanAgainst, HasStudentsInterval) {
  const Measurement m = mean_against({1, 2, 3, 4}, 10);
  EXPECT_DOUBLE_EQ(m.measured, 2.5);
  // Student's quantile .9995 with 3 degrees of freedom is 12.92398 (tables); the deviation is sqrt(5/3), n = 4.
  EXPECT_NEAR(m.uncertainty, 12.92398 * std::sqrt(5.0 / 3) / 2, 1e-4);
  EXPECT_EQ(m.replicates, 4);
}

TEST(MeanAgainst, OneSampleDecidesNothing) {
  const Measurement m = mean_against({1}, 10);
  EXPECT_FALSE(holds(Kind::kBelow, m));
  EXPECT_FALSE(refuted(Kind::kBelow, m));
}

TEST(Judgement, BelowNeedsTheWholeIntervalUnderTheBound) {
  Measurement m{.measured = 4, .bound = 5, .uncertainty = 1};
  EXPECT_TRUE(holds(Kind::kBelow, m));
  EXPECT_DOUBLE_EQ(margin(Kind::kBelow, m), 0);
  m.uncertainty = 1.5;
  EXPECT_FALSE(holds(Kind::kBelow, m));
  EXPECT_FALSE(refuted(Kind::kBelow, m));
  m.measured = 7;
  EXPECT_TRUE(refuted(Kind::kBelow, m));
}

TEST(Judgement, AboveNeedsTheWholeIntervalOverTheBound) {
  Measurement m{.measured = 6, .bound = 5, .uncertainty = 0.5};
  EXPECT_TRUE(holds(Kind::kAbove, m));
  EXPECT_DOUBLE_EQ(margin(Kind::kAbove, m), 0.5);
  m.measured = 5.2;
  EXPECT_FALSE(holds(Kind::kAbove, m));
  EXPECT_FALSE(refuted(Kind::kAbove, m));
  m.measured = 4;
  EXPECT_TRUE(refuted(Kind::kAbove, m));
}

TEST(Judgement, RateHasTwoEnds) {
  const auto slope = [](double measured) {
    return Measurement{.measured = measured, .bound = 0.6, .lowest = 0.4, .uncertainty = 0.05};
  };
  EXPECT_TRUE(holds(Kind::kRate, slope(0.5)));
  EXPECT_NEAR(margin(Kind::kRate, slope(0.5)), 0.05, 1e-15);
  EXPECT_FALSE(holds(Kind::kRate, slope(0.56)));
  EXPECT_FALSE(refuted(Kind::kRate, slope(0.56)));
  EXPECT_FALSE(holds(Kind::kRate, slope(0.44)));
  EXPECT_TRUE(refuted(Kind::kRate, slope(0.3)));
  EXPECT_TRUE(refuted(Kind::kRate, slope(0.7)));
}

TEST(Judgement, WhatIsNotANumberNeitherHoldsNorIsRefuted) {
  for (const Kind kind : {Kind::kNever, Kind::kBelow, Kind::kRate, Kind::kEqual, Kind::kAbove}) {
    for (const Measurement& m :
         {Measurement{.measured = kNan, .bound = 1}, Measurement{.measured = 1, .bound = kNan}}) {
      EXPECT_FALSE(holds(kind, m)) << to_string(kind);
      EXPECT_FALSE(refuted(kind, m)) << to_string(kind);
    }
  }
}

TEST(Judgement, NoReplicatesProveNothing) {
  const Measurement m = never(0, 0, 0);
  EXPECT_FALSE(holds(Kind::kNever, m));
  EXPECT_FALSE(refuted(Kind::kNever, m));
}

}  // namespace
}  // namespace bellwether::claims
