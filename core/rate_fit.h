#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "core/statistics.h"
#include "core/stream.h"

namespace bellwether {

/// The straight line through (log x, log y): y is about constant * x^slope.
struct PowerLine {
  double slope = 0, constant = 0;
};

/// Least squares over the points with x > 0 and y > 0, all weighing the same; slope NaN below two different x.
PowerLine power_line(std::span<const double> x, std::span<const double> y);

struct RateOptions {
  double from = 0, to = std::numeric_limits<double>::infinity();  ///< the window: points with from <= x <= to
  double level = 0.95;
  int resamples = 2000;
};

/// The fewest replicates that a resampled interval is given for: of n of them 2^(1 - n) of the resamples are all alike,
/// so the interval ends at the extremes of the sample and covers 50, 75 and 87 % for n = 2, 3, 4 whatever its level.
inline constexpr std::size_t kFewestReplicates = 6;

/// How fast the mean over replicates grows with x.
struct RateFit {
  double slope = std::numeric_limits<double>::quiet_NaN();  ///< NaN when the window holds less than two usable points
  double constant = 0;                                      ///< mean is about constant * x^slope
  Interval interval;                                        ///< of the slope; infinite below kFewestReplicates
  double level = 0.95;
  double from = 0, to = 0;  ///< the first and last x that were used
  int points = 0;           ///< how many were used
  int dropped = 0;          ///< points inside the window whose mean is not positive
  int replicates = 0;
};

/// The line through the logarithm of the column means, and an interval for its slope from resampled replicates: the
/// percentile interval with the levels widened for small samples (Hesterberg 2015: Phi(-sqrt(n / (n - 1)) t_{n-1}) in
/// place of the nominal tail), since plain percentiles are too narrow with few seeds. Whole replicates are drawn, so
/// the dependence between checkpoints is kept. `x` has one number a column, ascending.
RateFit fit_rate(std::span<const double> x, const SampleTable& table, const RateOptions& options, const Stream& stream);

/// The percentile interval of a statistic that was computed from resampled replicates, widened in that way; infinite
/// below kFewestReplicates.
Interval resampled_interval(std::span<const double> resampled, std::size_t replicates, double level);

/// "sqrt(K)", "K", "K^(2/3)", "K^0.8", "a constant".
std::string power_text(double exponent, std::string_view variable);

/// "0.52 [0.47, 0.58]: consistent with sqrt(K)", "0.97 [0.95, 0.99]: grows faster than sqrt(K)", "-0.61
/// [-0.70, -0.52]: falls faster than 1/sqrt(n)", or why there is no
/// slope.
std::string rate_verdict(const RateFit& fit, double exponent, std::string_view variable);

}  // namespace bellwether
