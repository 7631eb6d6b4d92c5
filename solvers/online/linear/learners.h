#pragma once

#include <vector>

#include "solvers/online/episodic/learner.h"

namespace bellwether::online {

/// Learners of linear MDPs and of linear mixtures, in episodes.
std::vector<EpisodicLearner> linear_learners();

}  // namespace bellwether::online
