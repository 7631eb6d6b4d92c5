#pragma once

#include <vector>

#include "mdp/policy.h"
#include "solvers/problem.h"

namespace bellwether::test {

// The independent route of the solver tests: dense policy iteration in long double, no code shared with the solvers.
// For models of a few hundred states.

/// Optimal values of a discounted problem, right to about 1e-17 / (1 - discount) relative to the largest value.
std::vector<long double> reference_values(const solvers::Problem& problem);

/// Discounted values of a policy (deterministic or randomised).
std::vector<long double> reference_policy_values(const solvers::Problem& problem, const mdp::Policy& policy);

/// Optimal values of a finite-horizon problem (first stage), by backward induction.
std::vector<long double> reference_finite_values(const solvers::Problem& problem);

}  // namespace bellwether::test
