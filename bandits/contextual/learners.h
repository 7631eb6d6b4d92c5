#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners that compete with a class of policies or predictors of rewards.
std::vector<Learner> contextual_learners();

}  // namespace bellwether::bandits
