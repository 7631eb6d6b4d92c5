#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct ActionEliminationOptions {};

template <class Field>
void describe(ActionEliminationOptions&, Field&&) {}

/// Value iteration that drops choices as soon as MacQueen's bounds prove that no optimal policy plays them
/// (docs/papers/exact-solvers.md, "Action elimination"); the note says how many survived. Certificate: certify() over
/// all choices at the last iterate. Cost: a pass over the surviving rows an iteration, in parallel.
Solution action_elimination(const Problem& problem, const ActionEliminationOptions& options = {},
                            const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
