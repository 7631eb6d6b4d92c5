#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of arms with independent rewards that minimise regret: indices, posteriors, elimination.
std::vector<Learner> stochastic_learners();

}  // namespace bellwether::bandits
