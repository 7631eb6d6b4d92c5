#include "core/projections.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace bellwether {

void project_to_simplex(std::span<double> x, double total) {
  assert(!x.empty() && total > 0);
  const double top = *std::max_element(x.begin(), x.end());
  // Relative to the largest entry every entry that stays positive is above -total.
  std::vector<double> candidate;
  candidate.reserve(x.size());
  for (double& value : x) {
    value -= top;
    if (value > -total) candidate.push_back(value);
  }
  std::sort(candidate.begin(), candidate.end(), std::greater<>());
  double sum = 0, shift = 0;
  for (std::size_t i = 0; i < candidate.size(); ++i) {
    sum += candidate[i];
    const double tried = (sum - total) / static_cast<double>(i + 1);
    if (candidate[i] <= tried) break;
    shift = tried;
  }
  double kept = 0;
  for (double& value : x) kept += value = std::max(value - shift, 0.0);
  for (double& value : x) value *= total / kept;
}

double log_sum_exp(std::span<const double> x) {
  assert(!x.empty());
  const double top = *std::max_element(x.begin(), x.end());
  if (x.size() == 1 || top == -std::numeric_limits<double>::infinity()) return top;
  double sum = 0;
  for (const double value : x) sum += std::exp(value - top);
  return top + std::log(sum);
}

}  // namespace bellwether
