#pragma once

#include <vector>

#include "solvers/online/average/learner.h"

namespace bellwether::online {

/// "optimal" plays a gain-optimal policy from the first step on: no gaps are ever paid. "uniform" plays every choice
/// with the same probability, for ever.
std::vector<AverageLearner> average_baselines();

}  // namespace bellwether::online
