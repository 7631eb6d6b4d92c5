#include "core/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "core/sampling.h"

namespace bellwether {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Interval around(double centre, double half) { return {centre - half, centre + half}; }

/// What the band needs of its columns: those whose replicates all agree have deviation 0 and take no part in the
/// maximum.
struct Columns {
  std::vector<double> mean, error, scaled;  // scaled: (x_ij - mean_j) / (sd_j sqrt(n - 1)), row by row

  explicit Columns(const SampleTable& table) : scaled(table.values.size()) {
    const std::size_t n = table.rows();
    const double rows = static_cast<double>(n);
    for (std::size_t j = 0; j < table.columns; ++j) {
      const std::vector<double> column = table.column(j);
      mean.push_back(bellwether::mean(column));
      const double deviation = standard_deviation(column);
      error.push_back(deviation / std::sqrt(rows));
      const double factor = deviation > 0 ? 1 / (deviation * std::sqrt(rows - 1)) : 0;
      for (std::size_t i = 0; i < n; ++i) scaled[i * table.columns + j] = (column[i] - mean[j]) * factor;
    }
  }
};

/// Adds up the columns with standard normal weights, one a replicate: correlated as the sample's columns are.
void draw_sums(const SampleTable& table, const Columns& columns, Stream& draws, std::vector<double>& sums) {
  sums.assign(table.columns, 0.0);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const double weight = sample_normal(draws);
    const double* row = columns.scaled.data() + i * table.columns;
    for (std::size_t j = 0; j < table.columns; ++j) sums[j] += weight * row[j];
  }
}

/// Draws of the largest |t| over the columns.
class LargestT {
 public:
  LargestT(const SampleTable& table, const Columns& columns)
      : table_(table), columns_(columns), squares_(table.columns) {}

  double operator()(Stream draws) {
    draw_sums(table_, columns_, draws, tops_);
    const double freedom = static_cast<double>(table_.rows() - 1);
    if (table_.rows() > kOwnDenominators) {
      squares_.assign(table_.columns, 2 * sample_gamma(draws, freedom / 2));
    } else {
      draw_squares(draws);
    }
    double largest = 0;
    for (std::size_t j = 0; j < tops_.size(); ++j)
      if (columns_.error[j] > 0) largest = std::max(largest, std::abs(tops_[j]) / std::sqrt(squares_[j] / freedom));
    return largest;
  }

 private:
  /// With this many replicates or fewer the columns' deviations are estimated too badly to pass for one.
  static constexpr std::size_t kOwnDenominators = 40;

  void draw_squares(Stream& draws) {
    squares_.assign(table_.columns, 0.0);
    for (std::size_t k = 1; k < table_.rows(); ++k) {
      draw_sums(table_, columns_, draws, sums_);
      for (std::size_t j = 0; j < sums_.size(); ++j) squares_[j] += sums_[j] * sums_[j];
    }
  }

  const SampleTable& table_;
  const Columns& columns_;
  std::vector<double> tops_, sums_, squares_;
};

}  // namespace

double mean(std::span<const double> sample) {
  if (sample.empty()) return 0;
  double sum = 0;
  for (const double x : sample) sum += x;
  return sum / static_cast<double>(sample.size());
}

double standard_deviation(std::span<const double> sample) {
  if (sample.size() < 2) return 0;
  // Numbers that all agree deviate by nothing, whatever their mean rounds to.
  if (std::all_of(sample.begin(), sample.end(), [&](double x) { return x == sample.front(); })) return 0;
  const double centre = mean(sample);
  double squares = 0;
  for (const double x : sample) squares += (x - centre) * (x - centre);
  return std::sqrt(squares / static_cast<double>(sample.size() - 1));
}

double standard_error(std::span<const double> sample) {
  return sample.empty() ? 0 : standard_deviation(sample) / std::sqrt(static_cast<double>(sample.size()));
}

double quantile(std::span<const double> sample, double p) {
  assert(p >= 0 && p <= 1);
  const bool any_missing = std::any_of(sample.begin(), sample.end(), [](double x) { return std::isnan(x); });
  if (sample.empty() || any_missing) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted(sample.begin(), sample.end());
  std::sort(sorted.begin(), sorted.end());
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double rest = place - static_cast<double>(below);
  if (rest == 0) return sorted[below];
  return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
}

double normal_quantile(double p) { return boost::math::quantile(boost::math::normal_distribution<double>(), p); }

double student_quantile(double p, double freedom) {
  return boost::math::quantile(boost::math::students_t_distribution<double>(freedom), p);
}

Interval mean_interval(std::span<const double> sample, double level) {
  if (sample.size() < 2) return {-kInfinity, kInfinity};
  const double t = student_quantile((1 + level) / 2, static_cast<double>(sample.size() - 1));
  return around(mean(sample), t * standard_error(sample));
}

std::vector<double> SampleTable::column(std::size_t c) const {
  std::vector<double> result(rows());
  for (std::size_t r = 0; r < result.size(); ++r) result[r] = at(r, c);
  return result;
}

std::vector<Interval> simultaneous_band(const SampleTable& table, double level, int resamples, const Stream& stream) {
  if (table.rows() < 2) return std::vector<Interval>(table.columns, {-kInfinity, kInfinity});
  const Columns columns(table);
  LargestT largest_t(table, columns);
  std::vector<double> largest(static_cast<std::size_t>(resamples));
  for (std::size_t b = 0; b < largest.size(); ++b) largest[b] = largest_t(stream.child(b));
  const double pointwise = student_quantile((1 + level) / 2, static_cast<double>(table.rows() - 1));
  const double c = std::max(pointwise, quantile(largest, level));
  std::vector<Interval> band;
  for (std::size_t j = 0; j < table.columns; ++j) band.push_back(around(columns.mean[j], c * columns.error[j]));
  return band;
}

}  // namespace bellwether
