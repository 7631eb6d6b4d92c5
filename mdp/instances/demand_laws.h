#pragma once

#include <vector>

namespace bellwether::mdp {

/// P(X = 0), ..., P(X = most - 1), P(X >= most) of a Poisson law. The tail is summed on its own, so it has full
/// relative accuracy and the entries sum to one within a few ulps.
std::vector<double> capped_poisson(double mean, int most);

/// The same for P(X = k) = (1 - q) q^k with q = mean / (1 + mean).
std::vector<double> capped_geometric(double mean, int most);

/// The same for X uniform on {0, ..., 2 mean} rounded to whole numbers.
std::vector<double> capped_uniform(double mean, int most);

/// The same for weights given for 0, 1, 2, ...
std::vector<double> capped(const std::vector<double>& law, int most);

}  // namespace bellwether::mdp
