#include "apps/cli/number_column.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace bellwether::cli {
namespace {

constexpr int kFewDigits = 3;       // significant ones that the smallest number keeps
constexpr int kWidestFixed = 12;    // digits, before and after the point
constexpr int kSmallestFixed = -4;  // decade of the largest number
constexpr int kUnproven = 6;        // digits of numbers without a proven error
constexpr int kExact = -400;        // below the last decade of a double

/// The power of ten that the first digit stands for.
int decade(double magnitude) { return static_cast<int>(std::floor(std::log10(magnitude))); }

/// A number with what is known of it and, once that is settled, the decade of the last digit that is shown.
struct Number {
  double value, error;  // the error is infinite when nothing is proven
  Bounds bounds;
  int last = 0;

  bool is_proven() const { return std::isfinite(error); }
  bool may_be(double other) const { return bounds.lower <= other && other <= bounds.upper; }
};

/// Decades of the largest number and of the smallest that its error tells from zero.
struct Range {
  bool empty = true;
  int top = 0, bottom = 0;
};

Range range_of(std::span<const Number> numbers) {
  double largest = 0, smallest = INFINITY;
  for (const Number& number : numbers) {
    const double magnitude = std::abs(number.value);
    if (!std::isfinite(magnitude) || magnitude == 0) continue;
    largest = std::max(largest, magnitude);
    if (!number.is_proven() || magnitude > number.error) smallest = std::min(smallest, magnitude);
  }
  if (largest == 0) return {};
  return {.empty = false, .top = decade(largest), .bottom = decade(std::min(smallest, largest))};
}

/// The decade of the last digit that an error supports. From 1 on, where the digits are there anyway as places, the
/// first uncertain one is kept: 350 within 20 is no 400.
int last_supported(double error) {
  const double exponent = std::log10(error);
  return static_cast<int>(error > 1 ? std::floor(exponent) : std::ceil(exponent));
}

/// One digit of the largest number is shown whatever the error.
int supported(const Number& number, int top) {
  return std::min(number.is_proven() && number.error > 0 ? last_supported(number.error) : kExact, top);
}

double rounded(double value, int last) {
  const double unit = std::pow(10.0, std::max(last, 0));
  return unit > 1 ? std::round(value / unit) * unit : value;
}

std::string no_number(double value) { return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"; }

/// Decimals that are zero in every row say nothing.
void drop_common_zeros(std::vector<std::string>& cells, std::span<const Number> numbers, int decimals) {
  const auto ends_in_zero = [&](std::size_t i) { return !std::isfinite(numbers[i].value) || cells[i].back() == '0'; };
  for (; decimals > 0; --decimals) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (!ends_in_zero(i)) return;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!std::isfinite(numbers[i].value)) continue;
      cells[i].pop_back();
      if (decimals == 1) cells[i].pop_back();  // the point
    }
  }
}

/// Blanks behind the numbers, so that their points stand below each other when they are aligned to the right.
void align_points(std::vector<std::string>& cells, std::span<const Number> numbers) {
  const auto tail = [](const std::string& cell) {
    return cell.size() - std::min(cell.find_first_of(".e"), cell.size());  // characters from the point on
  };
  std::size_t longest = 0;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (std::isfinite(numbers[i].value)) longest = std::max(longest, tail(cells[i]));
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (std::isfinite(numbers[i].value)) cells[i].append(longest - tail(cells[i]), ' ');
}

/// Sets the last digits of numbers written without exponents.
void choose_last_digits(std::span<Number> numbers, const Range& range, int most_digits) {
  int coarsest = kExact;
  for (Number& number : numbers) {
    if (!std::isfinite(number.value)) continue;
    const int most = number.is_proven() ? most_digits : std::min(most_digits, kUnproven);
    const int smallest = number.is_proven() ? range.bottom - kFewDigits + 1 : 0;
    number.last = std::max(std::min({range.top - most + 1, smallest, 0}), supported(number, range.top));
    // A place is rounded away only while the bounds, give or take one, allow the number that is left.
    const auto may_stand = [&](double x) { return number.bounds.lower - 1 <= x && x <= number.bounds.upper + 1; };
    while (number.last > 0 && !may_stand(rounded(number.value, number.last))) --number.last;
    coarsest = std::max(coarsest, number.last);
  }
  if (coarsest >= 0) return;
  for (Number& number : numbers) number.last = coarsest;
}

std::vector<std::string> fixed_numbers(std::span<const Number> numbers) {
  bool alike = true;
  int decimals = -1;
  std::vector<std::string> cells;
  for (const Number& number : numbers) {
    if (!std::isfinite(number.value)) {
      cells.push_back(no_number(number.value));
      continue;
    }
    const int own = std::max(-number.last, 0);
    alike &= decimals < 0 || own == decimals;
    decimals = own;
    std::string cell = fmt::format("{:.{}f}", rounded(number.value, number.last), own);
    if (cell.front() == '-' && cell.find_first_of("123456789") == std::string::npos) cell.erase(0, 1);  // no -0.00
    cells.push_back(std::move(cell));
  }
  if (alike) drop_common_zeros(cells, numbers, decimals);
  if (!alike) align_points(cells, numbers);
  return cells;
}

std::vector<std::string> exponent_numbers(std::span<const Number> numbers, int top, int most_digits) {
  std::vector<std::string> cells;
  for (const Number& number : numbers) {
    if (!std::isfinite(number.value)) {
      cells.push_back(no_number(number.value));
      continue;
    }
    const int first = number.value == 0 ? kExact : decade(std::abs(number.value)), last = supported(number, top);
    if (number.value == 0 || (first < last && number.may_be(0))) {
      cells.emplace_back("0");
      continue;
    }
    const int most = number.is_proven() ? most_digits : std::min(most_digits, kUnproven);
    cells.push_back(fmt::format("{:.{}e}", number.value, std::clamp(first - last + 1, 1, most) - 1));
  }
  align_points(cells, numbers);
  return cells;
}

std::vector<std::string> aligned(std::vector<Number> numbers, int most_digits) {
  const Range range = range_of(numbers);
  if (range.empty) return fixed_numbers(numbers);
  choose_last_digits(numbers, range, most_digits);
  int finest = 0;
  for (const Number& number : numbers)
    if (std::isfinite(number.value)) finest = std::min(finest, number.last);
  const int width = std::max(range.top, 0) + 1 - finest;
  return width > kWidestFixed || range.top < kSmallestFixed ? exponent_numbers(numbers, range.top, most_digits)
                                                            : fixed_numbers(numbers);
}

Number bounded(double value, Bounds bounds) {
  const double error = std::max(value - bounds.lower, bounds.upper - value);
  if (!(error >= 0)) return {.value = value, .error = INFINITY, .bounds = {-INFINITY, INFINITY}};
  return {.value = value, .error = error, .bounds = bounds};
}

Number within(double value, double error) {
  return {.value = value, .error = error, .bounds = {value - error, value + error}};
}

constexpr int kMostDigitsOfOne = 10;

}  // namespace

std::vector<std::string> aligned_numbers(std::span<const double> values, std::span<const Bounds> bounds,
                                         int most_digits) {
  std::vector<Number> numbers;
  for (std::size_t i = 0; i < values.size(); ++i) numbers.push_back(bounded(values[i], bounds[i]));
  return aligned(std::move(numbers), most_digits);
}

std::vector<std::string> aligned_numbers(std::span<const double> values, double error, int most_digits) {
  std::vector<Number> numbers;
  for (const double value : values) numbers.push_back(within(value, error));
  return aligned(std::move(numbers), most_digits);
}

std::string meaningful(double value, double error) { return aligned({within(value, error)}, kMostDigitsOfOne).front(); }

std::string meaningful(double value, Bounds bounds) {
  return aligned({bounded(value, bounds)}, kMostDigitsOfOne).front();
}

}  // namespace bellwether::cli
