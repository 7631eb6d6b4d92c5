#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct ValueIterationOptions {};

template <class Field>
void describe(ValueIterationOptions&, Field&&) {}

/// Value iteration V <- TV from V = 0, stopped by MacQueen's bounds (docs/papers/exact-solvers.md, "Value iteration").
/// Certificate: certify() at the last iterate. Cost: one pass over the transitions an iteration, in parallel; the
/// bounds close at the rate discount * mixing, at worst at the rate discount.
Solution value_iteration(const Problem& problem, const ValueIterationOptions& options = {},
                         const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
