#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/statistics.h"
#include "core/stream.h"

namespace bellwether::labs {

/// Equal up to the rounding of another order of sums. NaN equals NaN.
bool same(double x, double y);
bool same(std::span<const double> x, std::span<const double> y);

/// Which typical mistakes, one or two of them, explain these answers: bit i stands for mistake i, 0 for none. `answers`
/// computes what a solution with these mistakes says; nothing when none fits.
std::optional<std::uint32_t> explain(std::span<const double> given, std::size_t mistakes,
                                     const std::function<std::vector<double>(std::uint32_t)>& answers);

/// The sentences of the mistakes in a set: "a; and b".
std::string told(std::uint32_t mistakes, std::span<const std::string_view> sentences);

/// The one factor between all pairs of numbers, where there is one.
std::optional<double> common_factor(std::span<const double> given, std::span<const double> right);

/// "half the reference", "twice the reference", "3.2 times the reference".
std::string factor_text(double factor);

/// Where the mean of the first `group` curves of a reference may lie, at all checkpoints at once.
struct Band {
  std::vector<double> mean, low, high;
  /// The first checkpoint outside of it.
  std::optional<std::size_t> outside(std::span<const double> curve) const;
};

/// mean +- c * deviation, with one c for all checkpoints: the `level` quantile, over resampled groups of curves (rows),
/// of the largest deviation along their mean. The group that students play, the first one, is inside by construction:
/// who does what the reference does is never failed by chance.
Band reference_band(const SampleTable& curves, std::size_t group, double level, const Stream& stream);

/// The mean of the first rows.
std::vector<double> mean_curve(const SampleTable& curves, std::size_t rows);

/// What a curve of regret says that lies outside of the band.
std::string regret_text(std::span<const double> at, std::span<const double> curve, const Band& band,
                        std::string_view unit);

}  // namespace bellwether::labs
