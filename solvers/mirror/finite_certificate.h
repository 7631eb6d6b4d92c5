#pragma once

#include <cstdint>

#include "mdp/policy.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers::mirror {

/// Encloses optimum and value of a stage policy at finite horizon from its own Bellman residuals: with
/// e_h = max over s of (T_h V^pi_{h+1} - V^pi_h)(s) + g e_{h+1}, e_H = 0,
///   V^pi_0  <=  V*_0  <=  T_0 V^pi_1 + g e_1      (maximising; mirrored when minimising),
/// all errors of evaluation and rounding included. Fills value, lower, upper, gap, residual, stages and the status:
/// converged, or the one given where the gap is above the tolerance. Cost: two passes over the rows a stage.
void certify_stages(const Problem& problem, mdp::StagePolicy policy, double tolerance, Status otherwise,
                    Solution& solution);

/// The transitions that certify_stages reads.
std::int64_t certificate_work(const Problem& problem);

/// The same answer without a look at any transition: whatever is played earns at least the least reward a step and at
/// most the largest one.
void bound_by_rewards(const Problem& problem, mdp::StagePolicy policy, Solution& solution);

}  // namespace bellwether::solvers::mirror
