#pragma once

#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// Lazy policy iteration; where its evaluations contract too slowly (the policy mixes slowly), flow policy iteration
/// takes over from the start, or policy iteration with a sparse LU when the model is small. The note says which and
/// why.
Solution discounted_auto(const Problem& problem, const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
