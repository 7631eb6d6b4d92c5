#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct AndersonOptions {
  int memory = 5;
  double regularisation = 1e-10;
};

template <class Field>
void describe(AndersonOptions& o, Field&& field) {
  field("memory", o.memory, between(1, 50), "differences kept for the extrapolation");
  field("regularisation", o.regularisation, at_least(0), "Tikhonov weight, relative to the largest squared difference");
}

/// Anderson-accelerated value iteration, type II, safeguarded: the extrapolated vector is taken only if its residual is
/// at most discount times the present one, else TV is (docs/papers/exact-solvers.md, "Anderson acceleration"). Rejected
/// candidates are counted in transitions_read; after several in a row plain steps are taken for a while. Certificate:
/// certify() at the last backup. Cost: one or two passes an iteration and `memory` vectors.
Solution anderson(const Problem& problem, const AndersonOptions& options = {}, const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
