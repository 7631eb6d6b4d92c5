#pragma once

#include <vector>

#include "bandits/arms/family.h"

namespace bellwether::bandits {

/// Arms with independent rewards of one law each.
std::vector<Family> stationary_families();
/// Arms whose means change, sequences, adversaries, and bandits around others: corrupted or delayed.
std::vector<Family> changing_families();
/// Actions that drive a hidden linear system.
std::vector<Family> dynamical_families();
/// Relaxation parameters of linear systems.
std::vector<Family> relaxation_families();
/// Arms whose rewards grow while they rest.
std::vector<Family> recovering_families();
/// Arms whose losses depend on how often they were played lately.
std::vector<Family> tallying_families();

/// Arms that move whether they are played or not.
std::vector<Family> restless_families();
/// Arms whose means fall.
std::vector<Family> rotting_families();
/// Arms whose means are drawn from a known law.
std::vector<Family> prior_families();

/// Arms with features: fixed sets, and sets drawn in every round.
std::vector<Family> linear_families();
/// Arms with features whose parameter changes.
std::vector<Family> drifting_linear_families();
/// Functions drawn from a Gaussian process.
std::vector<Family> process_families();
/// Several items at once.
std::vector<Family> item_families();
/// Two items against each other.
std::vector<Family> duel_families();
/// What was logged.
std::vector<Family> replay_families();

}  // namespace bellwether::bandits
