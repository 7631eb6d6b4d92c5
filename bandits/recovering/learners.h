#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of arms that recover while they rest, and plans for those whose recovery is known.
std::vector<Learner> recovering_learners();

}  // namespace bellwether::bandits
