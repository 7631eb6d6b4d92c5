#include "core/rate_fit.h"

#include <cassert>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"

namespace bellwether {
namespace {

/// What two decimals show as zero has no sign.
double unsigned_zero(double x) { return std::abs(x) < 0.005 ? 0 : x; }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The columns inside the window, and the means over replicates at them.
struct Window {
  std::vector<std::size_t> columns;
  std::vector<double> x;
};

Window window_of(std::span<const double> x, const RateOptions& options) {
  Window window;
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (!(x[j] > 0) || x[j] < options.from || x[j] > options.to) continue;
    window.columns.push_back(j);
    window.x.push_back(x[j]);
  }
  return window;
}

/// Adds one replicate's values to the sums.
void add_row(const SampleTable& table, const Window& window, std::size_t row, std::vector<double>& sums) {
  for (std::size_t k = 0; k < window.columns.size(); ++k) sums[k] += table.at(row, window.columns[k]);
}

std::vector<double> resampled_slopes(const SampleTable& table, const Window& window, int resamples,
                                     const Stream& stream) {
  std::vector<double> slopes, sums;
  for (int b = 0; b < resamples; ++b) {
    Stream draws = stream.child(static_cast<std::uint64_t>(b));
    sums.assign(window.columns.size(), 0.0);
    for (std::size_t i = 0; i < table.rows(); ++i)
      add_row(table, window, static_cast<std::size_t>(draws.below(table.rows())), sums);
    // Sums in place of means: the factor moves the constant only.
    const double slope = power_line(window.x, sums).slope;
    if (!std::isnan(slope)) slopes.push_back(slope);
  }
  return slopes;
}

}  // namespace

Interval resampled_interval(std::span<const double> resampled, std::size_t replicates, double level) {
  if (replicates < kFewestReplicates) return {-kInfinity, kInfinity};
  const double n = static_cast<double>(replicates);
  const double t = student_quantile((1 + level) / 2, n - 1);
  const double tail = 0.5 * std::erfc(std::sqrt(n / (n - 1)) * t / std::sqrt(2.0));
  return {quantile(resampled, tail), quantile(resampled, 1 - tail)};
}

PowerLine power_line(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  std::vector<double> u, v;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!(x[i] > 0) || !(y[i] > 0)) continue;
    u.push_back(std::log(x[i]));
    v.push_back(std::log(y[i]));
  }
  const double centre_u = mean(u), centre_v = mean(v);
  double squares = 0, products = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    squares += (u[i] - centre_u) * (u[i] - centre_u);
    products += (u[i] - centre_u) * (v[i] - centre_v);
  }
  if (!(squares > 0)) return {.slope = std::numeric_limits<double>::quiet_NaN(), .constant = 0};
  const double slope = products / squares;
  return {.slope = slope, .constant = std::exp(centre_v - slope * centre_u)};
}

RateFit fit_rate(std::span<const double> x, const SampleTable& table, const RateOptions& options,
                 const Stream& stream) {
  assert(x.size() == table.columns);
  RateFit fit{.interval = {-kInfinity, kInfinity}, .level = options.level};
  fit.replicates = static_cast<int>(table.rows());
  const Window window = window_of(x, options);
  std::vector<double> means(window.columns.size());
  for (std::size_t i = 0; i < table.rows(); ++i) add_row(table, window, i, means);
  for (std::size_t k = 0; k < means.size(); ++k) {
    means[k] /= static_cast<double>(table.rows());
    if (!(means[k] > 0)) {
      ++fit.dropped;
      continue;
    }
    if (fit.points++ == 0) fit.from = window.x[k];
    fit.to = window.x[k];
  }
  const PowerLine line = power_line(window.x, means);
  fit.slope = line.slope;
  fit.constant = line.constant;
  if (std::isnan(fit.slope) || table.rows() < kFewestReplicates) return fit;
  const std::vector<double> slopes = resampled_slopes(table, window, options.resamples, stream);
  if (!slopes.empty()) fit.interval = resampled_interval(slopes, table.rows(), options.level);
  return fit;
}

std::string power_text(double exponent, std::string_view variable) {
  if (exponent == 0) return "a constant";
  if (exponent < 0) return fmt::format("1/{}", power_text(-exponent, variable));
  if (exponent == 1) return std::string(variable);
  if (exponent == 0.5) return fmt::format("sqrt({})", variable);
  for (const int denominator : {2, 3, 4, 5, 6}) {
    const double numerator = exponent * denominator;
    if (std::abs(numerator - std::round(numerator)) < 1e-3 && std::round(numerator) > 0) {
      const int whole = static_cast<int>(std::round(numerator));
      return whole % denominator == 0 ? fmt::format("{}^{}", variable, whole / denominator)
                                      : fmt::format("{}^({}/{})", variable, whole, denominator);
    }
  }
  return fmt::format("{}^{}", variable, exact_text(exponent));
}

std::string rate_verdict(const RateFit& fit, double exponent, std::string_view variable) {
  if (std::isnan(fit.slope)) return "no slope: fewer than two points of the window are positive";
  if (!std::isfinite(fit.interval.low))
    return fmt::format("{:.2f}: no interval below {} seeds", unsigned_zero(fit.slope), kFewestReplicates);
  const std::string measured = fmt::format("{:.2f} [{:.2f}, {:.2f}]", unsigned_zero(fit.slope),
                                           unsigned_zero(fit.interval.low), unsigned_zero(fit.interval.high));
  const std::string power = power_text(exponent, variable);
  if (fit.interval.holds(exponent)) return fmt::format("{}: consistent with {}", measured, power);
  const std::string_view verb = exponent < 0 ? "falls" : "grows";
  const bool faster = (exponent < 0) != (fit.slope > exponent);
  return fmt::format("{}: {} {} than {}", measured, verb, faster ? "faster" : "slower", power);
}

}  // namespace bellwether
