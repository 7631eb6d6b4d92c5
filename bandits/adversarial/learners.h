#pragma once

#include <vector>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// Learners of arms whose rewards an adversary may choose: exponential weights, regularised leaders, BARBAR.
std::vector<Learner> adversarial_learners();

}  // namespace bellwether::bandits
