#pragma once

#include "solvers/constrained/problem.h"

namespace bellwether::solvers {

/// The same problem with limits that bind together: each lies `share` of the way from the cost of the policy whose
/// costs, in units of what can be spent at the most, have the least sum to that of the policy that is best without
/// budgets, and a thousandth of what can be spent above. For experiments, benchmarks and tests; the limits given are
/// not used.
ConstrainedProblem with_binding_limits(ConstrainedProblem problem, double share);

}  // namespace bellwether::solvers
