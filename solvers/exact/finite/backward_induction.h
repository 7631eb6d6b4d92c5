#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct BackwardInductionOptions {};

template <class Field>
void describe(BackwardInductionOptions&, Field&&) {}

/// Finite horizon, stationary or stage-dependent: V_H = 0, V_h(s) = max_c r_h(c) + discount * P_h(c) V_{h+1}
/// (docs/papers/finite-horizon.md). The answer is exact but for rounding, and the certificate bounds that: with e the
/// largest error of one computed backup, the error of stage h is at most e + discount times that of stage h + 1.
/// The bounds cover the optimum and the value of the returned stage policy. Cost: one pass over the transitions a
/// stage, in parallel, and one integer a state and stage for the policy.
Solution backward_induction(const Problem& problem, const BackwardInductionOptions& options = {},
                            const SolveOptions& run = {});

}  // namespace bellwether::solvers
