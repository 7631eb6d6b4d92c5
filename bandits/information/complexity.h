#pragma once

#include <span>
#include <vector>

#include "bandits/information/divergence.h"

namespace bellwether::bandits {

/// By how much each mean lies below the largest.
std::vector<double> gaps(std::span<const double> means);

/// sum over gaps > 0 of gap / d(mean, best): no uniformly good learner has a regret below this constant times ln T, in
/// the limit (Lai and Robbins 1985).
double lai_robbins_constant(std::span<const double> means, const LawFamily& family);

/// H1 = sum of gap^-2, where the best arm has the gap of the second best; H2 = max over i >= 2 of i / gap_(i)^2, gaps
/// ascending (Audibert and Bubeck 2010). Infinite when the best arm is not unique; 0 for one arm.
double complexity_h1(std::span<const double> means);
double complexity_h2(std::span<const double> means);

}  // namespace bellwether::bandits
