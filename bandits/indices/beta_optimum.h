#pragma once

#include "bandits/indices/beta_gittins.h"

namespace bellwether::bandits {

/// (1 - discount) times the most that so many arms bring, each 1 with a probability that is drawn from
/// Beta(successes, failures) and never told; one is played in every round. By Whittle's integral over what one arm is
/// worth beside retirement, v(charge), convex with slopes in [0, 1]:
///
///   1 - integral over charges in [0, 1] of v'(charge)^arms,
///
/// in cells of the charge, on each of which the slope's mean is known and its ends lie between those of the neighbours
/// (docs/papers/bandit-indices.md). InvalidOption for what BetaGittins refuses, or fewer arms than one.
Enclosure beta_optimum(double successes, double failures, int arms, double discount);

}  // namespace bellwether::bandits
