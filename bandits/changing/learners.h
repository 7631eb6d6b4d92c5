#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of arms whose means change: windows, discounts, restarts.
std::vector<Learner> changing_learners();

}  // namespace bellwether::bandits
