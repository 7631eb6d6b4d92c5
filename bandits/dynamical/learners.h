#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of actions that drive a hidden linear system.
std::vector<Learner> dynamical_learners();

}  // namespace bellwether::bandits
