#include "core/rate_fit.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sampling.h"

namespace bellwether {
namespace {

const std::vector<double> kPoints = {10, 20, 50, 100, 200, 500, 1000};

/// Replicates of constant x^exponent, each curve times a factor of its own and each point jittered.
std::vector<double> noisy_power(double exponent, std::size_t replicates, double jitter, Stream stream) {
  std::vector<double> values;
  for (std::size_t i = 0; i < replicates; ++i) {
    const double factor = 1 + 0.1 * sample_normal(stream);
    const double tilt = 0.05 * sample_normal(stream);
    for (const double x : kPoints)
      values.push_back(3 * factor * std::pow(x, exponent + tilt) * (1 + jitter * sample_normal(stream)));
  }
  return values;
}

TEST(PowerLine, IsExactOnPowers) {
  std::vector<double> y;
  for (const double x : kPoints) y.push_back(2.5 * std::pow(x, 0.7));
  const PowerLine line = power_line(kPoints, y);
  EXPECT_NEAR(line.slope, 0.7, 1e-12);
  EXPECT_NEAR(line.constant, 2.5, 1e-11);
}

// Two points above, two below: the least-squares slope by hand. log2 y = 0, 2, 1, 3 at log2 x = 0, 1, 2, 3:
// centred products -1.5*-1.5 + -.5*.5 + .5*-.5 + 1.5*1.5 = 4, squares 5.
TEST(PowerLine, HandComputed) {
  const std::vector<double> x = {1, 2, 4, 8}, y = {1, 4, 2, 8};
  EXPECT_NEAR(power_line(x, y).slope, 0.8, 1e-14);
}

TEST(PowerLine, LeavesOutWhatHasNoLogarithm) {
  const std::vector<double> x = {0, 1, 2, 4}, y = {5, 1, 0, 16};
  EXPECT_NEAR(power_line(x, y).slope, 2, 1e-14);
  EXPECT_TRUE(std::isnan(power_line(std::vector<double>{2, 2}, std::vector<double>{1, 3}).slope));
}

TEST(FitRate, KeepsToItsWindow) {
  std::vector<double> y;  // x^2 below 100, x^1 from there on
  for (const double x : kPoints) y.push_back(x < 100 ? x * x / 100 : x);
  const RateFit fit = fit_rate(kPoints, {y, y.size()}, {.from = 100, .to = 500}, Stream(1));
  EXPECT_NEAR(fit.slope, 1, 1e-12);
  EXPECT_EQ(fit.points, 3);
  EXPECT_EQ(fit.from, 100);
  EXPECT_EQ(fit.to, 500);
  EXPECT_FALSE(std::isfinite(fit.interval.low)) << "one replicate says nothing of its variation";
}

TEST(FitRate, CountsPointsWithoutLogarithm) {
  const std::vector<double> y = {0, 0, 50, 100, 200, 500, 1000};
  const RateFit fit = fit_rate(kPoints, {y, y.size()}, {}, Stream(1));
  EXPECT_EQ(fit.dropped, 2);
  EXPECT_EQ(fit.points, 5);
  EXPECT_EQ(fit.from, 50);
}

TEST(FitRate, IsTheSlopeOfTheMeanCurve) {
  const std::vector<double> two = {10, 20, 50, 100, 200, 500, 1000, 30, 60, 150, 300, 600, 1500, 3000};
  const RateFit fit = fit_rate(kPoints, {two, kPoints.size()}, {}, Stream(1));
  EXPECT_NEAR(fit.slope, 1, 1e-12);
  EXPECT_NEAR(fit.constant, 2, 1e-11);  // the mean of 1 and 3, not exp of the mean logarithm
  EXPECT_TRUE(std::isinf(fit.interval.low) && std::isinf(fit.interval.high)) << "two replicates";
}

TEST(FitRate, IsSureOfTheSlopeThatAllReplicatesShare) {
  std::vector<double> six;
  for (const double factor : {1.0, 3.0, 2.0, 5.0, 0.5, 4.0})
    for (const double x : kPoints) six.push_back(factor * x);
  const RateFit fit = fit_rate(kPoints, {six, kPoints.size()}, {}, Stream(1));
  EXPECT_NEAR(fit.slope, 1, 1e-12);
  EXPECT_NEAR(fit.interval.low, 1, 1e-12);
  EXPECT_NEAR(fit.interval.high, 1, 1e-12);
}

TEST(FitRate, GivesNoIntervalFromAHandfulOfReplicates) {
  const std::vector<double> five = noisy_power(0.5, 5, 0.02, Stream(3)), six = noisy_power(0.5, 6, 0.02, Stream(3));
  const RateFit none = fit_rate(kPoints, {five, kPoints.size()}, {}, Stream(1));
  EXPECT_TRUE(std::isinf(none.interval.low));
  EXPECT_THAT(rate_verdict(none, 0.5, "K"), testing::EndsWith(": no interval below 6 seeds"));
  EXPECT_TRUE(std::isfinite(fit_rate(kPoints, {six, kPoints.size()}, {}, Stream(1)).interval.low));
}

// 300 fits with 10 seeds each: the interval must hold the exponent of the mean curve about 95 % of the time (binomial
// quantiles at 1e-4 for 95 %: 269 and 298; some more room below because the percentile method is approximate).
TEST(FitRate, IntervalHoldsTheTruthAsOftenAsItSays) {
  // Truth: slope of E[x^(0.5 + 0.05 Z)] = x^0.5 exp(0.00125 log(x)^2).
  std::vector<double> truth;
  for (const double x : kPoints) truth.push_back(std::pow(x, 0.5) * std::exp(0.00125 * std::pow(std::log(x), 2)));
  const double exponent = power_line(kPoints, truth).slope;
  int holds = 0;
  for (std::uint64_t trial = 0; trial < 300; ++trial) {
    const std::vector<double> values = noisy_power(0.5, 10, 0.02, Stream(7).child(trial));
    const RateFit fit = fit_rate(kPoints, {values, kPoints.size()}, {.resamples = 400}, Stream(8).child(trial));
    holds += fit.interval.holds(exponent) ? 1 : 0;
  }
  EXPECT_GE(holds, 265);
  EXPECT_LE(holds, 298);
}

TEST(FitRate, IntervalMatchesTheDeltaMethodWithManySeeds) {
  const std::vector<double> values = noisy_power(0.5, 400, 0.02, Stream(11));
  const RateFit fit = fit_rate(kPoints, {values, kPoints.size()}, {.resamples = 4000}, Stream(12));
  // Influence of a replicate on the slope: sum_j w_j (y_ij / mean_j - 1) with w_j the least-squares weights.
  const SampleTable table{values, kPoints.size()};
  double centre = 0, squares = 0;
  for (const double x : kPoints) centre += std::log(x) / static_cast<double>(kPoints.size());
  for (const double x : kPoints) squares += std::pow(std::log(x) - centre, 2);
  std::vector<double> influence(table.rows(), 0.0);
  for (std::size_t j = 0; j < kPoints.size(); ++j) {
    const double average = mean(table.column(j)), weight = (std::log(kPoints[j]) - centre) / squares;
    for (std::size_t i = 0; i < table.rows(); ++i) influence[i] += weight * (table.at(i, j) / average - 1);
  }
  const double half = 1.965927 * standard_error(influence);  // t(.975, 399)
  EXPECT_NEAR(fit.interval.high - fit.interval.low, 2 * half, 0.08 * 2 * half);
  EXPECT_NEAR((fit.interval.high + fit.interval.low) / 2, fit.slope, 0.2 * half);
}

TEST(PowerText, NamesTheUsualExponents) {
  EXPECT_EQ(power_text(0.5, "K"), "sqrt(K)");
  EXPECT_EQ(power_text(1, "T"), "T");
  EXPECT_EQ(power_text(2.0 / 3, "K"), "K^(2/3)");
  EXPECT_EQ(power_text(2, "S"), "S^2");
  EXPECT_EQ(power_text(0, "K"), "a constant");
  EXPECT_EQ(power_text(-0.5, "m"), "1/sqrt(m)");
  EXPECT_EQ(power_text(0.87, "K"), "K^0.87");
}

TEST(RateVerdict, SaysWhatTheIntervalSays) {
  RateFit fit{.slope = 0.523, .interval = {0.471, 0.578}, .points = 5, .replicates = 10};
  EXPECT_EQ(rate_verdict(fit, 0.5, "K"), "0.52 [0.47, 0.58]: consistent with sqrt(K)");
  EXPECT_EQ(rate_verdict(fit, 1, "K"), "0.52 [0.47, 0.58]: grows slower than K");
  EXPECT_EQ(rate_verdict(fit, 0, "K"), "0.52 [0.47, 0.58]: grows faster than a constant");
  fit.slope = -0.61;
  fit.interval = {-0.7, -0.52};
  EXPECT_EQ(rate_verdict(fit, -0.5, "n"), "-0.61 [-0.70, -0.52]: falls faster than 1/sqrt(n)");
  EXPECT_EQ(rate_verdict(fit, -1, "n"), "-0.61 [-0.70, -0.52]: falls slower than 1/n");
  EXPECT_THAT(rate_verdict(RateFit{}, 0.5, "K"), testing::HasSubstr("no slope"));
}

}  // namespace
}  // namespace bellwether
