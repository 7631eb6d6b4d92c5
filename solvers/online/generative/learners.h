#pragma once

#include <vector>

#include "solvers/online/generative/learner.h"

namespace bellwether::online {

/// Learners with a generative model: empirical-qvi, perturbed-planner, q-learning, variance-reduced-q-learning, mdvi,
/// vwls-mdvi, lspi, fitted-q.
std::vector<GenerativeLearner> generative_learners();

}  // namespace bellwether::online
