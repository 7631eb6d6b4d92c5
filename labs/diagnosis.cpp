#include "labs/diagnosis.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace bellwether::labs {
namespace {

constexpr double kTolerance = 1e-6;
constexpr int kResamples = 2000;
constexpr double kLinear = 0.9;  ///< growth from which a curve counts as a line

/// Largest |curve - mean| in deviations.
double distance(std::span<const double> curve, const std::vector<double>& mean, const std::vector<double>& deviation) {
  double most = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double d = std::abs(curve[i] - mean[i]);
    if (d > 0) most = std::max(most, d / deviation[i]);
  }
  return most;
}

/// The exponent of the growth over the second half of the checkpoints (a factor of a few in time).
double growth(std::span<const double> at, std::span<const double> curve) {
  const std::size_t from = at.size() / 2, to = at.size() - 1;
  if (!(curve[from] > 0) || !(curve[to] > 0)) return 0;
  return std::log(curve[to] / curve[from]) / std::log(at[to] / at[from]);
}

}  // namespace

bool same(double x, double y) {
  if (std::isnan(x) || std::isnan(y)) return std::isnan(x) && std::isnan(y);
  if (std::isinf(x) || std::isinf(y)) return x == y;
  return std::abs(x - y) <= kTolerance * (1 + std::abs(y));
}

bool same(std::span<const double> x, std::span<const double> y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](double a, double b) { return same(a, b); });
}

std::optional<std::uint32_t> explain(std::span<const double> given, std::size_t mistakes,
                                     const std::function<std::vector<double>(std::uint32_t)>& answers) {
  const auto fits = [&](std::uint32_t set) { return same(given, answers(set)); };
  if (fits(0)) return 0;
  for (std::size_t i = 0; i < mistakes; ++i)
    if (fits(1u << i)) return 1u << i;
  for (std::size_t i = 0; i < mistakes; ++i)
    for (std::size_t j = i + 1; j < mistakes; ++j)
      if (fits((1u << i) | (1u << j))) return (1u << i) | (1u << j);
  return std::nullopt;
}

std::string told(std::uint32_t mistakes, std::span<const std::string_view> sentences) {
  std::string out;
  for (std::size_t i = 0; i < sentences.size(); ++i)
    if ((mistakes >> i & 1u) != 0) out += fmt::format("{}{}", out.empty() ? "" : "; and ", sentences[i]);
  return out;
}

std::optional<double> common_factor(std::span<const double> given, std::span<const double> right) {
  if (given.empty()) return std::nullopt;
  const double factor = given.front() / right.front();
  if (!std::isfinite(factor)) return std::nullopt;
  for (std::size_t i = 0; i < given.size(); ++i)
    if (!same(given[i] / right[i], factor)) return std::nullopt;
  return factor;
}

std::string factor_text(double factor) {
  if (same(factor, 0.5)) return "half the reference";
  if (same(factor, 2)) return "twice the reference";
  return fmt::format("{:.3g} times the reference", factor);
}

std::optional<std::size_t> Band::outside(std::span<const double> curve) const {
  for (std::size_t i = 0; i < mean.size(); ++i)
    if (!(low[i] <= curve[i] && curve[i] <= high[i])) return i;
  return std::nullopt;
}

std::vector<double> mean_curve(const SampleTable& curves, std::size_t rows) {
  std::vector<double> mean(curves.columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += curves.at(r, i) / static_cast<double>(rows);
  return mean;
}

Band reference_band(const SampleTable& curves, std::size_t group, double level, const Stream& stream) {
  Band band;
  band.mean = mean_curve(curves, curves.rows());
  std::vector<double> deviation;
  const double per_group = std::sqrt(static_cast<double>(curves.rows()) / static_cast<double>(group));
  for (std::size_t i = 0; i < curves.columns; ++i)  // where all curves agree, rounding is no distance
    deviation.push_back(std::max(standard_error(curves.column(i)) * per_group, 1e-9 * (1 + std::abs(band.mean[i]))));
  std::vector<double> distances, resampled(curves.columns);
  for (int b = 0; b < kResamples; ++b) {
    Stream draws = stream.child(static_cast<std::uint64_t>(b));
    std::ranges::fill(resampled, 0.0);
    for (std::size_t k = 0; k < group; ++k) {
      const auto row = curves.row(draws.below(curves.rows()));
      for (std::size_t i = 0; i < resampled.size(); ++i) resampled[i] += row[i] / static_cast<double>(group);
    }
    distances.push_back(distance(resampled, band.mean, deviation));
  }
  const double c =
      1.001 * std::max(quantile(distances, level), distance(mean_curve(curves, group), band.mean, deviation));
  for (std::size_t i = 0; i < band.mean.size(); ++i) {
    const double slack = c * deviation[i] + kTolerance * (1 + std::abs(band.mean[i]));
    band.low.push_back(band.mean[i] - slack);
    band.high.push_back(band.mean[i] + slack);
  }
  return band;
}

std::string regret_text(std::span<const double> at, std::span<const double> curve, const Band& band,
                        std::string_view unit) {
  const auto place = band.outside(curve);
  if (!place) return "your curve stays inside the band of the reference";
  const bool above = curve.back() > band.high.back(), below = curve.back() < band.low.back();
  const std::size_t shown = above || below ? curve.size() - 1 : *place;
  std::string text = fmt::format("after {:g} {} your regret is {:.4g}, the reference lies between {:.4g} and {:.4g}",
                                 at[shown], unit, curve[shown], std::max(0.0, band.low[shown]), band.high[shown]);
  const double slope = growth(at, curve), right = growth(at, band.mean);
  if (above && slope > kLinear && slope > right + 0.15)
    return text +
           "; it grows linearly: to the end much is played that is not the right choice, for want of exploring or of "
           "settling";
  if (above) return text + "; you pay too long for exploring, or for a wrong choice";
  if (below) return text + "; you explore less than the reference: it goes well on this instance, and fails on another";
  return text;
}

}  // namespace bellwether::labs
