#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct TopologicalValueIterationOptions {};

template <class Field>
void describe(TopologicalValueIterationOptions&, Field&&) {}

/// Topological value iteration (Dai and Goldsmith 2007): strongly connected components are solved one by one, each
/// after all it can reach (docs/papers/exact-solvers.md, "Topological value iteration"). States on no cycle take
/// exactly one backup. Certificate: bounds of a component start from the bounds of its successors and close with the
/// largest probability of staying, so they are often tighter than one bound for all states. An iteration is S backups,
/// wherever they were made. Cost: one pass where there are no cycles; inside a component, value iteration in parallel.
Solution topological_value_iteration(const Problem& problem, const TopologicalValueIterationOptions& options = {},
                                     const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
