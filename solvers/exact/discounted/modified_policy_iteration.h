#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct ModifiedPolicyIterationOptions {
  int sweeps = 100;
  double forcing = 0.1;
};

template <class Field>
void describe(ModifiedPolicyIterationOptions& o, Field&& field) {
  field("sweeps", o.sweeps, at_least(1), "evaluation sweeps between two improvements at most; 1 is value iteration");
  field("forcing", o.forcing, between(0, 1),
        "evaluation ends early once the span of its change is this share of the improvement's; 0 never");
}

/// Modified policy iteration V <- T_pi^m V, pi greedy for V, on a copy of the policy's rows
/// (docs/papers/exact-solvers.md, "Modified policy iteration"). Stopped by MacQueen's bounds. Certificate: certify() at
/// the last backup. Cost: a pass over the model an iteration and up to `sweeps` passes over one row a state, in
/// parallel.
Solution modified_policy_iteration(const Problem& problem, const ModifiedPolicyIterationOptions& options = {},
                                   const SolveOptions& run_options = {});

/// The same from values of the caller's, one a state: those of a similar problem save most of the sweeps.
Solution modified_policy_iteration_from(const Problem& problem, const Eigen::VectorXd& start,
                                        const ModifiedPolicyIterationOptions& options, const SolveOptions& run_options);

}  // namespace bellwether::solvers
