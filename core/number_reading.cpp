#include "core/number_reading.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "core/rounding.h"

namespace bellwether {
namespace {

constexpr int kDecimalDigits = 15;  // every decimal of 15 digits survives the way through a double

// The reals that round to a positive x, as integers over a common power of two: the half-way points to its
// neighbours, which belong to the interval when the last bit of x is even.
struct RoundingInterval {
  mpz_class low, high, scale;
  bool closed;
};

RoundingInterval rounding_interval(double x) {
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  constexpr int kLeast = std::numeric_limits<double>::min_exponent - std::numeric_limits<double>::digits;
  if (exponent < kLeast) {  // subnormal: fewer bits
    mantissa >>= kLeast - exponent;
    exponent = kLeast;
  }
  const bool below_is_nearer = mantissa == std::int64_t{1} << 52 && exponent > kLeast;
  RoundingInterval result{4 * mpz_class(mantissa) - (below_is_nearer ? 1 : 2), 4 * mpz_class(mantissa) + 2, 1,
                          mantissa % 2 == 0};
  exponent -= 2;
  if (exponent < 0) {
    result.scale <<= static_cast<unsigned>(-exponent);
  } else {
    result.low <<= static_cast<unsigned>(exponent);
    result.high <<= static_cast<unsigned>(exponent);
  }
  return result;
}

bool sums_to_one(const std::vector<mpq_class>& row, ReadRow& result) {
  mpz_class common = 1;
  for (const auto& entry : row) common = lcm(common, entry.get_den());
  mpz_class sum = 0;
  result.numerator.resize(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    result.numerator[i] = row[i].get_num() * (common / row[i].get_den());
    sum += result.numerator[i];
  }
  result.denominator = std::move(common);
  return sum == result.denominator;
}

// The doubles as integers over a common power of two, which their sum then replaces.
ReadRow dyadic_row(std::span<const double> probability) {
  ReadRow result;
  result.reading = Reading::kDyadic;
  mpz_class common = 1;
  for (double p : probability) common = lcm(common, exact_double(p).get_den());
  for (double p : probability) {
    const mpq_class entry = exact_double(p);
    result.numerator.emplace_back(entry.get_num() * (common / entry.get_den()));
    result.denominator += result.numerator.back();
  }
  mpz_class factor = result.denominator;
  for (const auto& entry : result.numerator) factor = gcd(factor, entry);
  for (auto& entry : result.numerator) entry /= factor;
  result.denominator /= factor;
  return result;
}

// The sign of numerator / denominator - x, for finite x.
int compare(const mpz_class& numerator, const mpz_class& denominator, const mpq_class& x) {
  return cmp(mpz_class(numerator * x.get_den()), mpz_class(denominator * x.get_num()));
}

}  // namespace

// Both ends of the interval have the same continued fraction up to some place; there the smallest integer in what is
// left of the interval ends the expansion of the simplest fraction.
mpq_class simplest_fraction(double x) {
  assert(std::isfinite(x));
  if (x == 0) return 0;
  const RoundingInterval interval = rounding_interval(std::abs(x));
  mpz_class low = interval.low, low_scale = interval.scale, high = interval.high, high_scale = interval.scale;
  mpz_class p0 = 0, q0 = 1, p1 = 1, q1 = 0, digit, rest, next;
  for (bool found = false; !found;) {
    mpz_fdiv_qr(digit.get_mpz_t(), rest.get_mpz_t(), low.get_mpz_t(), low_scale.get_mpz_t());
    found = interval.closed && sgn(rest) == 0;
    if (!found) {
      next = (digit + 1) * high_scale;  // high_scale = 0 stands for an infinite end
      found = next < high || (interval.closed && next == high);
      if (found) ++digit;
    }
    next = digit * p1 + p0;
    p0 = std::exchange(p1, next);
    next = digit * q1 + q0;
    q0 = std::exchange(q1, next);
    // Take the digit off both ends and invert, which exchanges them.
    low = rest;
    high -= digit * high_scale;
    swap(low, high_scale);
    swap(high, low_scale);
  }
  mpq_class result(p1, q1);
  return x < 0 ? mpq_class(-result) : result;
}

std::optional<mpq_class> short_decimal(double x) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x, std::chars_format::scientific).ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const auto mark = text.find('e');
  std::string digits;
  int after_point = 0;
  bool fractional = false;
  for (char c : text.substr(0, mark)) {
    if (c == '.') {
      fractional = true;
      continue;
    }
    digits += c;
    if (fractional) ++after_point;
  }
  if (digits.size() - (x < 0 ? 1 : 0) > kDecimalDigits) return std::nullopt;
  const auto exponent_text = text.substr(text[mark + 1] == '+' ? mark + 2 : mark + 1);
  int exponent = 0;
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  exponent -= after_point;
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, static_cast<unsigned long>(std::abs(exponent)));
  mpq_class result = exponent < 0 ? mpq_class(mpz_class(digits), power) : mpq_class(mpz_class(digits) * power);
  result.canonicalize();
  return result;
}

mpq_class exact_double(double x) { return mpq_class(x); }

ReadNumber read_number(double x) {
  if (x == 0) return {0, Reading::kSimplest};
  mpq_class simplest = simplest_fraction(x);
  const double width = std::nextafter(std::abs(x), std::numeric_limits<double>::infinity()) - std::abs(x);
  const double denominator = simplest.get_den().get_d();
  if (denominator * denominator * width <= 0x1p-20) return {std::move(simplest), Reading::kSimplest};
  if (auto decimal = short_decimal(x)) return {*std::move(decimal), Reading::kDecimal};
  return {exact_double(x), Reading::kDyadic};
}

ReadRow read_row(std::span<const double> probability) {
  // Below the normal range a double has lost digits: what it was rounded from may be far from it, relatively.
  if (std::ranges::any_of(probability, [](double p) { return p < std::numeric_limits<double>::min(); }))
    return dyadic_row(probability);
  ReadRow result;
  std::vector<mpq_class> entry;
  for (double p : probability) entry.push_back(simplest_fraction(p));
  if (sums_to_one(entry, result)) return result;
  entry.clear();
  for (double p : probability) {
    auto decimal = short_decimal(p);
    if (!decimal) return dyadic_row(probability);
    entry.push_back(*std::move(decimal));
  }
  result.reading = Reading::kDecimal;
  if (sums_to_one(entry, result)) return result;
  return dyadic_row(probability);
}

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

}  // namespace bellwether
