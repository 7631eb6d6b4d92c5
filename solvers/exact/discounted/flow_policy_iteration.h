#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct FlowPolicyIterationOptions {
  int first_sweeps = 40;
  int sweeps = 20;
  double forcing = 0.03;
  int products = 400;
};

template <class Field>
void describe(FlowPolicyIterationOptions& o, Field&& field) {
  field("first_sweeps", o.first_sweeps, at_least(1), "Gauss-Seidel sweeps before the first evaluation at most");
  field("sweeps", o.sweeps, at_least(1), "Gauss-Seidel sweeps before each later evaluation at most");
  field("forcing", o.forcing, between(0, 1), "relative residual at which an evaluation ends; tighter near the end");
  field("products", o.products, at_least(2), "matrix products an evaluation may take");
}

/// Policy iteration for models that mix slowly, such as large grids (docs/papers/exact-solvers.md, "Flow policy
/// iteration"). Gauss-Seidel Bellman sweeps in alternating directions carry changes of the policy through the model,
/// and BiCGSTAB with a block Gauss-Seidel preconditioner evaluates the policy they lead to. Certificate: certify() at
/// the last improvement. Cost: a pass over the model for each sweep and improvement, one over the policy's rows for
/// each product; over eight fixed blocks of states, of which a thread takes two in sweeps and four in triangular
/// solves.
Solution flow_policy_iteration(const Problem& problem, const FlowPolicyIterationOptions& options = {},
                               const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
