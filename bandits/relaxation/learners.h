#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of solver parameters from numbers of iterations.
std::vector<Learner> relaxation_learners();

}  // namespace bellwether::bandits
