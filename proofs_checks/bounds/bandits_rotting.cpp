#include "proofs_checks/bounds/bandits_rotting.h"

#include <cmath>
#include <numbers>

namespace bellwether::bounds {

double raw_ucb(int arms, double sigma, double range, std::int64_t rounds, bool doubling) {
  const double k = arms, t = static_cast<double>(rounds);
  const double windows = doubling ? 1 + std::numbers::sqrt2 : 1;
  return windows * std::sqrt(32 * sigma * sigma * k * t * std::log(t)) +
         k * range * (1 + std::numbers::pi * std::numbers::pi / 6);
}

}  // namespace bellwether::bounds
