#pragma once

#include <vector>

#include "solvers/online/discounted/learner.h"

namespace bellwether::online {

/// Learners of discounted models in episodes that end by chance: ravi-ucb.
std::vector<DiscountedLearner> discounted_learners();

}  // namespace bellwether::online
