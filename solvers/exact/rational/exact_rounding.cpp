#include "solvers/exact/rational/exact_rounding.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/rounding.h"

namespace bellwether::solvers::rational {
namespace {

// The sign of numerator / denominator - x, for finite x.
int compare(const mpz_class& numerator, const mpz_class& denominator, const mpq_class& x) {
  return cmp(mpz_class(numerator * x.get_den()), mpz_class(denominator * x.get_num()));
}

}  // namespace

RoundedNumber round_fraction(const mpz_class& numerator, const mpz_class& denominator) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  mpq_class fraction;
  fraction.get_num() = numerator;
  fraction.get_den() = denominator;
  double lower = std::clamp(fraction.get_d(), -kLargest, kLargest);  // truncated, hence one of the two neighbours
  while (lower > -kLargest && compare(numerator, denominator, lower) < 0) lower = round_down(lower);
  while (lower < kLargest && compare(numerator, denominator, round_up(lower)) >= 0) lower = round_up(lower);
  const int place = compare(numerator, denominator, lower);
  if (place == 0) return {lower, lower, lower};
  if (place < 0) return {-std::numeric_limits<double>::infinity(), lower, lower};
  const double upper = round_up(lower);
  if (std::isinf(upper)) return {lower, lower, upper};
  const int half = compare(numerator, denominator, (mpq_class(lower) + mpq_class(upper)) / 2);
  const bool even = (std::bit_cast<std::uint64_t>(lower) & 1) == 0;
  return {lower, half < 0 || (half == 0 && even) ? lower : upper, upper};
}

double RoundedVector::gap() const {
  double gap = 0;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    if (lower[i] == upper[i]) continue;
    const double half = upper[i] / 2 - lower[i] / 2;
    gap = std::max(gap, half > 0 ? half : std::numeric_limits<double>::denorm_min());
  }
  return gap;
}

RoundedVector round_vector(const RationalVector& x) {
  RoundedVector result;
  for (int i = 0; i < x.size(); ++i) {
    const RoundedNumber rounded = round_fraction(x.numerator[i], x.denominator_of(i));
    result.lower.push_back(rounded.lower);
    result.nearest.push_back(rounded.nearest);
    result.upper.push_back(rounded.upper);
  }
  return result;
}

}  // namespace bellwether::solvers::rational
