#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Policies of indices: optimal for arms that rest where they are, nearly so for many that do not.
std::vector<Learner> restless_learners();

}  // namespace bellwether::bandits
