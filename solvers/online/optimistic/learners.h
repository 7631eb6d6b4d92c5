#pragma once

#include <vector>

#include "solvers/online/episodic/learner.h"

namespace bellwether::online {

/// Optimistic value iteration on the empirical model, and the simple rules that it is compared with.
std::vector<EpisodicLearner> optimistic_learners();

}  // namespace bellwether::online
