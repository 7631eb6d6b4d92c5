#pragma once

#include <vector>

#include "bandits/arms/family.h"
#include "bandits/bandit.h"

namespace bellwether::bandits {

/// What the means of a bandit's arms say about how hard it is: the smallest gap, H1, H2, and where rewards are coins,
/// counts of Poisson, exponential, or normal with the same sigma, the constant of Lai and Robbins, T* and the shares w*
/// (bandits/information). Nothing where no arm is best for good, or for duels and items. The number of shares is kept
/// small: none above 20 arms.
std::vector<BanditFact> facts_of(const Bandit& bandit);

}  // namespace bellwether::bandits
