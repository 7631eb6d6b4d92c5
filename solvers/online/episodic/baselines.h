#pragma once

#include <vector>

#include "solvers/online/episodic/learner.h"

namespace bellwether::online {

/// "optimal" plays an optimal policy of the task from the first episode on: its regret is exactly zero. "uniform" plays
/// every choice with the same probability, for ever.
std::vector<EpisodicLearner> episodic_baselines();

}  // namespace bellwether::online
