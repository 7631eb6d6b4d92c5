#include "core/statistics.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sampling.h"

namespace bellwether {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Statistics, HandComputedSample) {
  const std::vector<double> sample = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(mean(sample), 5);
  EXPECT_DOUBLE_EQ(standard_deviation(sample), std::sqrt(32.0 / 7));
  EXPECT_DOUBLE_EQ(standard_error(sample), std::sqrt(32.0 / 7 / 8));
  EXPECT_EQ(mean({}), 0);
  EXPECT_EQ(standard_deviation(std::vector<double>{3}), 0);
}

TEST(Statistics, EqualNumbersDeviateByNothing) {
  EXPECT_EQ(standard_deviation(std::vector<double>(10, 0.1)), 0);  // 0.1 added ten times is not 1
}

TEST(Statistics, QuantilesOfType7) {
  const std::vector<double> sample = {4, 1, 3, 2};
  EXPECT_EQ(quantile(sample, 0), 1);
  EXPECT_EQ(quantile(sample, 1), 4);
  EXPECT_DOUBLE_EQ(quantile(sample, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile(sample, 0.1), 1.3);  // R: quantile(c(4,1,3,2), .1)
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
  EXPECT_TRUE(std::isnan(quantile(std::vector<double>{1, std::nan(""), 2}, 0.5)));
}

// Printed tables of Student's t; and with 1 and 2 degrees of freedom there are closed forms.
TEST(Statistics, QuantilesOfStudentAndNormal) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(student_quantile(0.975, 9), 2.262157, 1e-6);
  EXPECT_NEAR(student_quantile(0.95, 4), 2.131847, 1e-6);
  constexpr double kPi = 3.14159265358979323846;
  for (const double p : {0.6, 0.9, 0.995}) {
    EXPECT_NEAR(student_quantile(p, 1), std::tan(kPi * (p - 0.5)), 1e-9);
    EXPECT_NEAR(student_quantile(p, 2), (2 * p - 1) * std::sqrt(2 / (4 * p * (1 - p))), 1e-9);
  }
}

TEST(Statistics, MeanIntervalIsStudents) {
  const Interval got = mean_interval(std::vector<double>{1, 2, 3, 4, 5}, 0.95);
  const double half = 2.776445 * std::sqrt(2.5 / 5);  // t(.975, 4) of the tables
  EXPECT_NEAR(got.low, 3 - half, 1e-6);
  EXPECT_NEAR(got.high, 3 + half, 1e-6);
  EXPECT_EQ(mean_interval(std::vector<double>{1}, 0.95), (Interval{-kInfinity, kInfinity}));
}

/// The half width of a band in units of the standard error.
double width_in_errors(const SampleTable& table, const Interval& interval, std::size_t column) {
  return (interval.high - interval.low) / 2 / standard_error(table.column(column));
}

/// n replicates of m independent normal numbers; `step` 1: their running sums, as in a learning curve.
std::vector<double> normal_rows(std::size_t n, std::size_t m, bool running, Stream stream) {
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < m; ++j) {
      const double x = sample_normal(stream);
      sum += x;
      values.push_back(running ? sum : x);
    }
  }
  return values;
}

TEST(SimultaneousBand, OfOneColumnIsStudentsInterval) {
  const std::vector<double> values = normal_rows(8, 1, false, Stream(1));
  const SampleTable table{values, 1};
  const double c = width_in_errors(table, simultaneous_band(table, 0.9, 40'000, Stream(2))[0], 0);
  EXPECT_NEAR(c, student_quantile(0.95, 7), 0.03);
}

TEST(SimultaneousBand, OfCopiesIsThatOfOne) {
  const std::vector<double> one = normal_rows(10, 1, false, Stream(3));
  std::vector<double> copies;
  for (const double x : one) copies.insert(copies.end(), {x, 5 * x + 1, -x});
  const SampleTable table{copies, 3};
  const auto band = simultaneous_band(table, 0.95, 20'000, Stream(4));
  for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(width_in_errors(table, band[j], j), student_quantile(0.975, 9), 0.05);
}

// For independent columns and many replicates P(max |Z_j| <= c) = (2 Phi(c) - 1)^m.
TEST(SimultaneousBand, OfIndependentColumnsFollowsTheProductFormula) {
  const std::vector<double> values = normal_rows(2000, 5, false, Stream(5));
  const SampleTable table{values, 5};
  const double c = width_in_errors(table, simultaneous_band(table, 0.95, 5000, Stream(6))[2], 2);
  const double expected = normal_quantile((1 + std::pow(0.95, 1.0 / 5)) / 2);
  EXPECT_NEAR(c, expected, 0.05);
  EXPECT_GT(c, student_quantile(0.975, 1999) + 0.4);
}

TEST(SimultaneousBand, LiesBetweenStudentAndBonferroni) {
  const std::vector<double> values = normal_rows(12, 30, true, Stream(7));
  const SampleTable table{values, 30};
  const double c = width_in_errors(table, simultaneous_band(table, 0.95, 4000, Stream(8))[10], 10);
  EXPECT_GE(c, student_quantile(0.975, 11));
  EXPECT_LE(c, student_quantile(1 - 0.025 / 30, 11) * 1.02);
}

TEST(SimultaneousBand, IgnoresColumnsThatDoNotVary) {
  std::vector<double> values;
  for (const double x : normal_rows(10, 1, false, Stream(9))) values.insert(values.end(), {0.1, x});
  const SampleTable table{values, 2};
  const auto band = simultaneous_band(table, 0.95, 4000, Stream(10));
  EXPECT_NEAR(band[0].low, 0.1, 1e-15);
  EXPECT_EQ(band[0].low, band[0].high);
  EXPECT_NEAR(width_in_errors(table, band[1], 1), student_quantile(0.975, 9), 0.1);
}

TEST(SimultaneousBand, OfOneReplicateIsEverything) {
  const std::vector<double> values = {1, 2, 3};
  for (const Interval& interval : simultaneous_band({values, 3}, 0.95, 100, Stream(1)))
    EXPECT_EQ(interval, (Interval{-kInfinity, kInfinity}));
}

// Of 400 bands of running sums (true mean 0 everywhere) 95 % should hold zero at all forty checkpoints; the binomial
// quantiles at 1e-4 on either side are 363 and 394. Pointwise intervals miss far more often.
TEST(SimultaneousBand, HoldsAllMeansAsOftenAsItSays) {
  constexpr std::size_t kColumns = 40;
  for (const std::size_t replicates : {5, 10, 50}) {
    int band_holds = 0, points_hold = 0;
    for (std::uint64_t trial = 0; trial < 400; ++trial) {
      const Stream seed = Stream(100 + replicates).child(trial);
      const std::vector<double> values = normal_rows(replicates, kColumns, true, seed.child("data"));
      const SampleTable table{values, kColumns};
      const auto band = simultaneous_band(table, 0.95, 400, seed.child("band"));
      bool all = true, all_points = true;
      for (std::size_t j = 0; j < kColumns; ++j) {
        all = all && band[j].holds(0);
        all_points = all_points && mean_interval(table.column(j), 0.95).holds(0);
      }
      band_holds += all ? 1 : 0;
      points_hold += all_points ? 1 : 0;
    }
    EXPECT_GE(band_holds, 363) << replicates;
    EXPECT_LE(band_holds, 394) << replicates;
    EXPECT_LT(points_hold, 350) << replicates;
  }
}

}  // namespace
}  // namespace bellwether
