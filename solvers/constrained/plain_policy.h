#pragma once

#include "core/solve.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers::constrained {

/// The same answer with a plainer policy, where one is proven to do as well (within the tolerance, and to keep to every
/// budget): stationary in the place of a mixture, what is hardly ever played left out, and in states that are never
/// reached one choice that is best for reward minus multipliers times costs.
///
/// The policy is read off the occupancy of the answer's own. For the average that describes the policy only where its
/// recurrent classes are met as often as they should be; the exact evaluation decides. Rounding may have moved a cost
/// beyond its limit: then the coins, at most a few, are moved until it provably is not. Cost: one exact solve and a few
/// evaluations; the answer is returned as it was where nothing is randomised, nothing proven, or evaluations take long.
///
/// `wanted` is the policy that the method had before it was made to keep to the budgets, and is tried first.
ConstrainedSolution with_plain_policy(const Lagrangian& on, const AnyPolicy& wanted, ConstrainedSolution solution,
                                      const SolveOptions& run);

}  // namespace bellwether::solvers::constrained
