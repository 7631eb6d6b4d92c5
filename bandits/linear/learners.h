#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners that know the features of arms and what rewards have to do with them.
std::vector<Learner> linear_learners();

}  // namespace bellwether::bandits
