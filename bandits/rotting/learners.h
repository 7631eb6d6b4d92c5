#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of arms whose means fall.
std::vector<Learner> rotting_learners();

}  // namespace bellwether::bandits
