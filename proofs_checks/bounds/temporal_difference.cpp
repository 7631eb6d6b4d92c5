#include "proofs_checks/bounds/temporal_difference.h"

#include <cmath>

namespace bellwether::bounds {

double td_error_factor(double discount, double lambda) {
  const double contraction = discount * (1 - lambda) / (1 - discount * lambda);
  return 1 / std::sqrt(1 - contraction * contraction);
}

double averaged_td_error(double distance, double noise, double discount, double steps) {
  return (distance * distance + 2 * noise) / (std::sqrt(steps) * (1 - discount));
}

double two_state_threshold(double share) { return (4 - 3 * share) / (4 - 2 * share); }

}  // namespace bellwether::bounds
