#pragma once

#include "core/options.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers {

struct RobustBackwardInductionOptions : RobustOptions {};

/// Exact recursion from the last stage to the first: V_h = T V_(h+1), V_H = 0. Nature may choose anew at every stage.
/// One policy (and, when asked for, nature's rows) a stage. Certificate: proven bounds of every stage's backup, added
/// up. Cost: a sweep with proven bounds a stage.
RobustSolution robust_backward_induction(const RobustProblem& problem,
                                         const RobustBackwardInductionOptions& options = {},
                                         const SolveOptions& run = {});

/// What a policy of one stage each is worth when nature answers it, from each state at the first stage.
RobustSolution evaluate_robust_finite(const RobustProblem& problem, const mdp::StagePolicy& policy,
                                      const RobustBackwardInductionOptions& options = {}, const SolveOptions& run = {});

}  // namespace bellwether::solvers
