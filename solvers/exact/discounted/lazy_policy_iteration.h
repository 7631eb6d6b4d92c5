#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct LazyPolicyIterationOptions {
  int sweeps = 60;
  double forcing = 0.05;
};

template <class Field>
void describe(LazyPolicyIterationOptions& o, Field&& field) {
  field("sweeps", o.sweeps, at_least(1), "evaluation sweeps between two improvements at most");
  field("forcing", o.forcing, between(0, 1),
        "evaluation ends early once what is left is this share of the improvement; tighter by itself near the end");
}

/// Modified policy iteration that reads a choice again only when it could have become the best one
/// (docs/papers/exact-solvers.md, "Lazy policy iteration"). Evaluation sweeps run on single-precision corrections.
/// Certificate: certify() at the last improvement. Cost: one pass over the model and a few per cent of it for each
/// further improvement, and up to `sweeps` passes over one row a state each; all in parallel.
Solution lazy_policy_iteration(const Problem& problem, const LazyPolicyIterationOptions& options = {},
                               const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
