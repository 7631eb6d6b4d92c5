#pragma once

#include <vector>

#include "solvers/online/constrained/learner.h"

namespace bellwether::online {

/// Learners that keep to limits on expected costs, or learn to.
std::vector<ConstrainedLearner> constrained_learners();

}  // namespace bellwether::online
