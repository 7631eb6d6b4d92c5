#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners that choose several items at once and see the reward of each.
std::vector<Learner> combinatorial_learners();

}  // namespace bellwether::bandits
