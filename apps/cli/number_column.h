#pragma once

#include <span>
#include <string>
#include <vector>

namespace bellwether::cli {

/// Where a number provably lies.
struct Bounds {
  double lower, upper;
};

/// The numbers of a column, written alike, each with its own bounds: the decimal points stand below each other in a
/// right-aligned column, and every row has the same decimals, unless there are rows whose bounds support none at all.
/// No decimal is shown that the bounds do not support, and none beyond what gives the largest `most_digits` significant
/// ones (or the smallest that differs from zero three). What would be wider than twelve digits so (1e-7 beside 1e6),
/// and columns below 1e-4, are written with exponents instead, each number with the digits that its bounds support.
/// What is shown lies between the bounds, or misses them by less than one unit of its last digit.
std::vector<std::string> aligned_numbers(std::span<const double> values, std::span<const Bounds> bounds,
                                         int most_digits = 8);
/// The same with one proven error for all.
std::vector<std::string> aligned_numbers(std::span<const double> values, double error, int most_digits = 8);

/// One number by the same rules, with at most ten digits: 0.414640, 1.2e-09.
std::string meaningful(double value, double error);
std::string meaningful(double value, Bounds bounds);

}  // namespace bellwether::cli
