#pragma once

#include <vector>

#include "solvers/online/episodic/learner.h"

namespace bellwether::online {

/// Learners that improve a randomised policy step by step: optimistic-policy-optimisation, oppo.
std::vector<EpisodicLearner> policy_optimisation_learners();

}  // namespace bellwether::online
