#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/stream.h"

namespace bellwether {

// What is said about a number from independent replicates. Nothing here needs normal data to be computed; what is exact
// for normal data and approximate otherwise says so.

struct Interval {
  double low = 0, high = 0;
  bool holds(double x) const { return low <= x && x <= high; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// 0 for an empty sample.
double mean(std::span<const double> sample);
/// With n - 1 in the denominator; 0 below two numbers.
double standard_deviation(std::span<const double> sample);
/// Of the mean: standard deviation / sqrt(n).
double standard_error(std::span<const double> sample);
/// The quantile at p in [0, 1]: linear between order statistics, 0 and 1 being the extremes (type 7 of Hyndman and Fan
/// 1996). The sample may be in any order; NaN when it is empty or holds one.
double quantile(std::span<const double> sample, double p);

/// Quantiles of the standard normal law and of Student's t with this many degrees of freedom; p inside (0, 1).
double normal_quantile(double p);
double student_quantile(double p, double freedom);

/// Student's interval for the mean: exact for normal data. Infinite below two numbers.
Interval mean_interval(std::span<const double> sample, double level);

/// Replicates (rows) of several numbers (columns), row by row.
struct SampleTable {
  std::span<const double> values;
  std::size_t columns = 0;

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  double at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
  std::span<const double> row(std::size_t r) const { return values.subspan(r * columns, columns); }
  std::vector<double> column(std::size_t c) const;
};

/// Intervals that hold the means of all columns at once with probability `level`: mean +- c * standard error with one c
/// for the whole row, the quantile of the largest |t| over the columns.
///
/// c comes from the multiplier bootstrap over replicates (Chernozhukov, Chetverikov and Kato 2013): standard normal
/// weights g_i, one a replicate, give sums of g_i (x_ij - mean_j) whose correlations across columns are those of the
/// sample. n - 1 further draws of them estimate each column's deviation anew, as n replicates would; their chance
/// deviations differ between columns, and a band that forgets it is too narrow with few seeds (81 % instead of 95 %
/// with five). Beyond 40 replicates one chi for all columns does. With one column c is Student's quantile up to Monte
/// Carlo error; it is never below that quantile, nor above Bonferroni's by more than that error. Infinite below two
/// replicates. Cost: resamples * min(rows, 40) * rows * columns.
std::vector<Interval> simultaneous_band(const SampleTable& table, double level, int resamples, const Stream& stream);

}  // namespace bellwether
