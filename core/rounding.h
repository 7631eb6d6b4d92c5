#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace bellwether {

/// Unit roundoff u = 2^-53: |fl(x op y) - (x op y)| <= u |x op y| barring underflow.
inline constexpr double kUnitRoundoff = 0x1p-53;

/// Higham's gamma_n = n u / (1 - n u): relative error of n roundings in a row (a sum or dot product of n terms),
/// with the last operations of the bound itself covered by the factor.
inline double rounding_error(std::int64_t n) {
  const double nu = static_cast<double>(n) * kUnitRoundoff;
  return nu / (1 - nu) * (1 + 4 * kUnitRoundoff);
}

/// What products too small to have a relative error may lose: far more than a row of 2^31 of them can.
inline constexpr double kUnderflowSlack = 0x1p-1040;

/// The next double below or above: turns a rounded result into a bound.
inline double round_down(double x) { return std::nextafter(x, -std::numeric_limits<double>::infinity()); }
inline double round_up(double x) { return std::nextafter(x, std::numeric_limits<double>::infinity()); }

}  // namespace bellwether
