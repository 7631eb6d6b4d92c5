#pragma once

#include <string_view>

#include "bandits/bandit.h"
#include "bandits/information/divergence.h"

namespace bellwether::bandits {

// What learners ask of a bandit. Each throws InvalidOption with what the learner needs and what the bandit has.

/// Rewards in [0, 1].
void require_unit_rewards(std::string_view learner, const World& world);
/// A finite sigma, which it returns.
double require_sub_gaussian(std::string_view learner, const World& world);
/// A finite range of rewards; returns high - low.
double require_bounded(std::string_view learner, const World& world);

/// The laws that a learner takes rewards to have, by a word: "bernoulli" (rewards in [0, 1], whose tails are no
/// heavier), "gaussian" (with the bandit's sigma), or "auto": the first where it may be; Poisson or exponential where
/// that is their law; else the second.
LawFamily require_law(std::string_view learner, std::string_view word, const World& world);

}  // namespace bellwether::bandits
