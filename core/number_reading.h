#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gmpxx.h>

namespace bellwether {

// A double is the rounding of many numbers, and the one that its author meant is nearly always simple: 1/3, 7/20,
// 0.125. Exact arithmetic has to choose one of them.

/// The fraction of smallest denominator among all reals that round to x (Stern-Brocot search). x must be finite.
mpq_class simplest_fraction(double x);

/// The shortest decimal that reads back to x, when it has at most 15 significant digits.
std::optional<mpq_class> short_decimal(double x);

/// The double itself, a dyadic rational.
mpq_class exact_double(double x);

enum class Reading : std::uint8_t { kSimplest, kDecimal, kDyadic };

struct ReadNumber {
  mpq_class value;
  Reading reading = Reading::kSimplest;
};

/// A reward or a discount: the simplest fraction n / d when d^2 w <= 2^-20, where w is the length of the interval that
/// rounds to x; about 0.3 d^2 w is the chance that such an interval holds any fraction with denominator up to d, so
/// that a number without a simple meaning is misread once in a million. Otherwise the short decimal, otherwise the
/// double itself.
ReadNumber read_number(double x);

/// numerator[i] / denominator, summing to exactly one.
struct ReadRow {
  std::vector<mpz_class> numerator;
  mpz_class denominator;
  Reading reading = Reading::kSimplest;
};

/// A row of probabilities: the simplest fractions when they sum to exactly one, otherwise the short decimals when they
/// do, otherwise the doubles divided by their exact sum. So are rows with an entry below the normal range (2^-1022).
ReadRow read_row(std::span<const double> probability);

/// The doubles around a rational: the largest not above, the nearest (ties to even), the smallest not below.
struct RoundedNumber {
  double lower = 0, nearest = 0, upper = 0;
};

/// numerator / denominator, which need not be in lowest terms; denominator > 0.
RoundedNumber round_fraction(const mpz_class& numerator, const mpz_class& denominator);

}  // namespace bellwether
