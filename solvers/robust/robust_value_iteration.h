#pragma once

#include "core/options.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers {

struct RobustValueIterationOptions : RobustOptions {};

/// Robust value iteration V <- TV from 0, stopped by MacQueen's bounds, which hold for robust operators as they do for
/// plain ones (docs/papers/robust-mdps.md, "Robust value iteration"). All sets, by choice and by state. Cost: one
/// answer of nature for every choice an iteration, in parallel.
RobustSolution robust_value_iteration(const RobustProblem& problem, const RobustValueIterationOptions& options = {},
                                      const SolveOptions& run = {});

}  // namespace bellwether::solvers
