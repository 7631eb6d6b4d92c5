#pragma once

#include <span>
#include <string>
#include <vector>

namespace bellwether::cli {

/// The numbers of a column, written alike: the decimal points stand below each other in a right-aligned column, and
/// every row has the same decimals. No decimal is shown that `error`, a proven bound on each number, does not support,
/// and none beyond what gives the largest `most_digits` significant ones (or the smallest that differs from zero
/// three). What would be wider than twelve digits so (1e-7 beside 1e6), and columns below 1e-4, are written with
/// exponents instead, each number with the digits that the error supports.
std::vector<std::string> aligned_numbers(std::span<const double> values, double error, int most_digits = 8);

/// One number by the same rules, with at most ten digits: 0.414640, 1.2e-09.
std::string meaningful(double value, double error);

}  // namespace bellwether::cli
