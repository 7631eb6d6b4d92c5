#pragma once

#include "core/options.h"
#include "solvers/exact/average/relative_value_iteration.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct MultichainValueIterationOptions : RelativeValueIterationOptions {};

/// Average reward of any model (docs/papers/average-reward.md, "Multichain models"): relative value iteration in each
/// maximal end component, whose states all have one optimal gain, and a proven choice of the component in which to
/// stay. `value` is the gain of each state; `bias` that of the policy up to 2,000 states, beyond it the last iterates
/// of the components, which are 0 in the smallest state of each and outside. Cost: relative value iteration in each
/// component and two total-reward problems on what is left.
Solution multichain_value_iteration(const Problem& problem, const MultichainValueIterationOptions& options = {},
                                    const SolveOptions& run = {});

/// Policy iteration for small models; relative value iteration where all states have one optimal gain for certain (the
/// whole model is an end component), else component by component. The note says which and why.
Solution average_auto(const Problem& problem, const SolveOptions& run = {});

}  // namespace bellwether::solvers
