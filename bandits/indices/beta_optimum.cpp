#include "bandits/indices/beta_optimum.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

Enclosure beta_optimum(double successes, double failures, int arms, double discount) {
  if (arms < 1) throw InvalidOption(fmt::format("beta_optimum: {} arms, must be at least 1", arms));
  constexpr int kCells = 160;
  // Values to a quarter of tolerance (1 - discount), slopes to about that over a cell: 1e-4 at a discount of 0.99.
  BetaGittins gittins(discount, std::min(1e-3, 1e-6 / (1 - discount)));
  const double top = gittins.index(successes, failures).high, cell = top / kCells;
  std::vector<Enclosure> value;
  for (int k = 0; k <= kCells; ++k) value.push_back(gittins.retirement_value(successes, failures, k * cell));
  // Slopes of cell k; 0 before the first, where nobody retires, and 1 after the last, where everybody does.
  const auto slope = [&](int k) -> Enclosure {
    if (k < 0) return {0, 0};
    if (k >= kCells) return {1, 1};
    const Enclosure from = value[static_cast<std::size_t>(k)], to = value[static_cast<std::size_t>(k) + 1];
    return {std::clamp((to.low - from.high) / cell, 0.0, 1.0), std::clamp((to.high - from.low) / cell, 0.0, 1.0)};
  };
  Enclosure integral;
  for (int k = 0; k < kCells; ++k) {
    const Enclosure mean = slope(k);
    integral.low += cell * std::pow(mean.low, arms);  // Jensen
    const double least = slope(k - 1).low, most = std::max(slope(k + 1).high, mean.high);
    const double share = most > least ? (mean.high - least) / (most - least) : 1;
    integral.high += cell * ((1 - share) * std::pow(least, arms) + share * std::pow(most, arms));
  }
  return {top - integral.high, top - integral.low};
}

}  // namespace bellwether::bandits
