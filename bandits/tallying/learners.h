#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of arms whose losses depend on how often they were played lately.
std::vector<Learner> tallying_learners();

}  // namespace bellwether::bandits
