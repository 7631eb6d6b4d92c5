#include "proofs_checks/claim.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "proofs_checks/shares.h"

namespace bellwether::claims {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

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

TEST(Never, RefusesSoFewRunsThatNoneCouldDisprove) {
  for (const int runs : {1, 2})
    EXPECT_THAT([&] { never(0, runs, 0.05); }, ThrowsMessage<InvalidOption>(HasSubstr("cannot fail")));
  EXPECT_TRUE(refuted(Kind::kNever, never(3, 3, 0.05)));
  EXPECT_TRUE(refuted(Kind::kNever, never(1, 1, 0.001)));
  EXPECT_TRUE(refuted(Kind::kNever, never(1, 1, 0)));
}

// Five of twenty-four could be bad luck, five of eight cannot.
TEST(NeverAbove, JudgesEveryTaskByItself) {
  const std::vector<double> below(8, 0.5);
  const std::vector<Shares> tasks = {{"easy", below}, {"hard", {2, 2, 2, 2, 3, 1, 1, 1}}, {"other", below}};
  const Measurement m = never_above(tasks, 0.05);
  EXPECT_EQ(m.measured, 5);
  EXPECT_EQ(m.bound, most_violations(8, 0.05));
  EXPECT_EQ(m.replicates, 8);
  EXPECT_EQ(m.detail, "runs above the bound on hard; largest regret / bound 3");
  EXPECT_TRUE(refuted(Kind::kNever, m));
  EXPECT_FALSE(refuted(Kind::kNever, never(5, 24, 0.05)));
}

// Six of thirty are allowed on each task; twenty-four of one hundred and twenty are not.
TEST(NeverAbove, JudgesAllTasksTogetherToo) {
  std::vector<double> some(30, 0.5);
  std::fill_n(some.begin(), 6, 1.5);
  EXPECT_TRUE(holds(Kind::kNever, never_above({{"one", some}}, 0.05)));
  const Measurement m = never_above({{"a", some}, {"b", some}, {"c", some}, {"d", some}}, 0.05);
  EXPECT_EQ(m.measured, 24);
  EXPECT_EQ(m.bound, most_violations(120, 0.05));
  EXPECT_EQ(m.replicates, 120);
  EXPECT_EQ(m.detail, "runs above the bound on all tasks; largest regret / bound 1.5, on a");
  EXPECT_TRUE(refuted(Kind::kNever, m));
}

TEST(NeverAnywhere, ReportsTheFirstOfEquals) {
  const Measurement m = never_anywhere({{"a", 0, 20}, {"b", 0, 20}}, 0.05);
  EXPECT_EQ(m.detail, "a");
  EXPECT_EQ(m.replicates, 20);
  EXPECT_EQ(never_anywhere({{"a", 0, 20}, {"b", 1, 20}}, 0.05).detail, "b");
  EXPECT_FALSE(holds(Kind::kNever, never_anywhere({}, 0.05)));
}

TEST(NeverAbove, AmongTasksWithoutViolationsTheClosestIsReported) {
  const Measurement m =
      never_above({{"far", {0.1, 0.2, 0.1}}, {"near", {0.1, 0.9, 0.1}}, {"amid", {0.3, 0.3, 0.3}}}, 0.05);
  EXPECT_TRUE(holds(Kind::kNever, m));
  EXPECT_EQ(m.detail, "runs above the bound on near; largest regret / bound 0.9");
  const Measurement few = never_above({{"few", {0.1, 0.2, 0.1}}, {"many", std::vector<double>(20, 0.9)}}, 0.05);
  EXPECT_EQ(few.detail, "runs above the bound on few; largest regret / bound 0.9, on many");
}

TEST(NeverAbove, WhatIsNotANumberIsAViolationAndNoTaskProvesNothing) {
  EXPECT_TRUE(refuted(Kind::kNever, never_above({{"broken", {kNan, kNan, kNan}}}, 0.05)));
  EXPECT_FALSE(holds(Kind::kNever, never_above({}, 0.05)));
}

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
