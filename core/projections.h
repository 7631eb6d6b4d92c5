#pragma once

#include <span>

namespace bellwether {

/// The point of the simplex {p : p_i >= 0, sum p_i = total} nearest to x in the Euclidean norm, in place: p_i =
/// max(x_i - m, 0) with the one m that makes the sum right (Held, Wolfe and Crowder 1974). Entries may be as small as
/// -1e300: they become exact zeros and cost the others no digits. The sum is right to a few units in the last place.
/// Cost: one sort. `x` must not be empty and its entries must be finite; total > 0.
void project_to_simplex(std::span<double> x, double total = 1);

/// log of the sum of exp(x_i), without overflow; exact for a single entry. `x` must not be empty; -infinity stands for
/// a term of 0.
double log_sum_exp(std::span<const double> x);

}  // namespace bellwether
