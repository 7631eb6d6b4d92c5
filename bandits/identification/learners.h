#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners that name the best arm, after a number of rounds or when they are sure.
std::vector<Learner> identification_learners();

}  // namespace bellwether::bandits
