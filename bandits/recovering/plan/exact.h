#pragma once

#include <cstdint>
#include <span>

#include "bandits/recovering/plan/envelope.h"

namespace bellwether::bandits {

/// Bounds of the optimal long-run reward a period.
struct AverageBounds {
  double low = 0, high = 0;
  double middle() const { return (low + high) / 2; }
};

/// Relative value iteration on the vector of idle times, damped by a half since pulling in turns is periodic. Stops
/// when the bounds are `tolerance` apart. InvalidOption when there are more than 10^6 vectors, or more than 16 arms.
AverageBounds exact_average(std::span<const Recovery> recoveries, int pulls, double tolerance = 1e-9);

}  // namespace bellwether::bandits
