#pragma once

#include <vector>

#include "bandits/indices/arm_chain.h"

namespace bellwether::bandits {

/// Gittins' index of every state of an arm that rests where it is: the largest reward per unit of discounted time that
/// playing on can bring,
///
///   sup over stopping times tau >= 1 of  E[sum over t < tau of discount^t r(s_t)] / E[sum over t < tau of discount^t].
///
/// States are taken out in the order of their indices (Sonin 2008; Varaiya, Walrand, Buyukkoc 1985), the chain watched
/// on those that are left: n^3 / 3 multiplications, none of two numbers of different sign subtracted, so indices less
/// the smallest reward keep their leading digits. Only what is said of the played arm is read. InvalidModel for a bad
/// arm, InvalidOption unless 0 <= discount < 1 (docs/papers/bandit-indices.md).
std::vector<double> gittins_indices(const ArmChain& arm, double discount);

}  // namespace bellwether::bandits
