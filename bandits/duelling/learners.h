#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners that see which of two items wins.
std::vector<Learner> duelling_learners();

}  // namespace bellwether::bandits
