#pragma once

#include <vector>

#include "solvers/online/episodic/learner.h"

namespace bellwether::online {

/// Learners that keep values of choices and no model: ucb-q-hoeffding, ucb-q-bernstein, ucb-advantage.
std::vector<EpisodicLearner> model_free_learners();

}  // namespace bellwether::online
