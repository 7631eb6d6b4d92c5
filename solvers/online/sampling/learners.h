#pragma once

#include <vector>

#include "solvers/online/episodic/learner.h"

namespace bellwether::online {

/// Learners that explore by drawing at random what they believe in: psrl, opsrl, rlsvi.
std::vector<EpisodicLearner> sampling_learners();

}  // namespace bellwether::online
