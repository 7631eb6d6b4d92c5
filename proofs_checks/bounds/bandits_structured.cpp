#include "proofs_checks/bounds/bandits_structured.h"

#include <algorithm>
#include <cmath>

namespace bellwether::bounds {

double repeated_exposure_regret(std::span<const double> gaps, double sigma, std::int64_t burn_in, std::int64_t rounds) {
  const auto horizon = static_cast<double>(rounds), arms = static_cast<double>(gaps.size());
  const double width = sigma * std::sqrt(2 * std::log(2 * arms * horizon * std::log2(horizon)));
  double regret = 1;
  for (int epoch = 1; epoch <= static_cast<int>(std::log2(horizon)); ++epoch) {
    const double plays = std::ldexp(1.0, epoch);
    double active = 0, cost = 0;
    for (const double gap : gaps) {
      if (epoch > 1 && gap > 4 * width / std::sqrt(plays / 2)) continue;
      active += 1;
      cost += static_cast<double>(burn_in) + plays * std::min(1.0, gap);
    }
    if (active <= 1) break;
    regret += cost;
  }
  return regret;
}

double relaxation_iterations(double radius, double slack, double tolerance) {
  return 1 + std::log(tolerance) / std::log(radius + slack * (1 - radius));
}

}  // namespace bellwether::bounds
