#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"

namespace bellwether {

/// Whether two treatments that met the same noise differ in the mean.
struct PairedTest {
  int pairs = 0;
  double difference = 0;      ///< mean of first - second
  double deviation = 0;       ///< standard deviation of the differences
  double standard_error = 0;  ///< of the mean difference
  double p_value = 1;         ///< two-sided; 1 when the difference is no number
  double smallest_p = 1;      ///< that so many pairs (or resamples) can give
  bool exact = true;          ///< all sign patterns were counted; else a sample of them
};

/// The paired permutation test: under the hypothesis that the treatments do not differ each difference is as likely to
/// have either sign, and p is the share of the 2^n sign patterns whose mean is at least as far from zero. All are
/// counted up to 40 pairs; beyond, at most `resamples` are drawn, fewer when a thousand of them reach the mean (Besag
/// and Clifford 1991), and p keeps the level. The smallest p is 2^(1 - n), or 1 / (1 + resamples).
PairedTest paired_permutation_test(std::span<const double> first, std::span<const double> second, int resamples,
                                   const Stream& stream);

/// p-values of several tests adjusted so that the chance of any false alarm stays below the level (Holm 1979).
std::vector<double> holm_adjusted(std::span<const double> p_values);

/// How many pairs a two-sided t test of this level needs to see a mean difference that is `difference` with probability
/// `power`, when single differences have this standard deviation (normal approximation with the t correction,
/// iterated). 2 at least; a billion at most, also for what cannot be told apart.
std::int64_t pairs_needed(double difference, double deviation, double level = 0.05, double power = 0.8);

}  // namespace bellwether
