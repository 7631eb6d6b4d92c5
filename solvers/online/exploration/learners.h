#pragma once

#include <vector>

#include "solvers/online/episodic/learner.h"

namespace bellwether::online {

/// Learners that know what they know: they stop when their answer is good enough, or say before every episode what it
/// will lose at the most.
std::vector<EpisodicLearner> exploration_learners();

}  // namespace bellwether::online
