#pragma once

#include <vector>

#include "solvers/online/average/learner.h"

namespace bellwether::online {

/// Learners of the long run: ucrl2, ucrl2b, kl-ucrl, scal, tsde.
std::vector<AverageLearner> long_run_learners();

}  // namespace bellwether::online
