#include "apps/cli/number_column.h"

#include <algorithm>
#include <cmath>

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

/// Decades of the largest and of the smallest number that the error tells from zero.
struct Range {
  bool empty = true;
  int top = 0, bottom = 0;
};

Range range_of(std::span<const double> values, double error) {
  double largest = 0, smallest = INFINITY;
  for (const double value : values) {
    const double magnitude = std::abs(value);
    if (!std::isfinite(value) || magnitude == 0) continue;
    largest = std::max(largest, magnitude);
    if (!(magnitude <= error)) smallest = std::min(smallest, magnitude);
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

std::string no_number(double value) { return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"; }

/// Decimals that are zero in every row say nothing.
void drop_common_zeros(std::vector<std::string>& cells, std::span<const double> values, int decimals) {
  const auto ends_in_zero = [&](std::size_t i) { return !std::isfinite(values[i]) || cells[i].back() == '0'; };
  for (; decimals > 0; --decimals) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (!ends_in_zero(i)) return;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!std::isfinite(values[i])) continue;
      cells[i].pop_back();
      if (decimals == 1) cells[i].pop_back();  // the point
    }
  }
}

std::vector<std::string> fixed_numbers(std::span<const double> values, int last) {
  const int decimals = std::max(-last, 0);
  const double unit = std::pow(10.0, std::max(last, 0));
  std::vector<std::string> cells;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      cells.push_back(no_number(value));
      continue;
    }
    std::string cell = fmt::format("{:.{}f}", unit > 1 ? std::round(value / unit) * unit : value, decimals);
    if (cell.front() == '-' && cell.find_first_of("123456789") == std::string::npos) cell.erase(0, 1);  // no -0.00
    cells.push_back(std::move(cell));
  }
  drop_common_zeros(cells, values, decimals);
  return cells;
}

std::vector<std::string> exponent_numbers(std::span<const double> values, int last, int most_digits) {
  std::vector<std::string> cells;
  std::vector<std::size_t> tail;  // characters from the point on
  for (const double value : values) {
    std::string cell;
    if (!std::isfinite(value)) {
      cell = no_number(value);
    } else if (value == 0 || decade(std::abs(value)) < last) {
      cell = "0";
    } else {
      const int digits = std::min(decade(std::abs(value)) - last + 1, most_digits);
      cell = fmt::format("{:.{}e}", value, digits - 1);
    }
    tail.push_back(std::isfinite(value) ? cell.size() - std::min(cell.find_first_of(".e"), cell.size()) : 0);
    cells.push_back(std::move(cell));
  }
  const std::size_t longest = tail.empty() ? 0 : *std::max_element(tail.begin(), tail.end());
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (std::isfinite(values[i])) cells[i].append(longest - tail[i], ' ');
  return cells;
}

}  // namespace

std::vector<std::string> aligned_numbers(std::span<const double> values, double error, int most_digits) {
  const bool proven = std::isfinite(error);
  const Range range = range_of(values, proven ? error : 0);
  if (range.empty) return fixed_numbers(values, 0);
  if (!proven) most_digits = std::min(most_digits, kUnproven);
  // One digit of the largest number is shown whatever the error.
  const int supported = std::min(proven && error > 0 ? last_supported(error) : kExact, range.top);
  const int smallest = proven ? range.bottom - kFewDigits + 1 : 0;
  const int last = std::max(std::min({range.top - most_digits + 1, smallest, 0}), supported);
  const int width = std::max(range.top, 0) + 1 + std::max(-last, 0);
  return width > kWidestFixed || range.top < kSmallestFixed ? exponent_numbers(values, supported, most_digits)
                                                            : fixed_numbers(values, last);
}

std::string meaningful(double value, double error) {
  constexpr int kMostDigits = 10;
  return aligned_numbers({&value, 1}, error, kMostDigits).front();
}

}  // namespace bellwether::cli
