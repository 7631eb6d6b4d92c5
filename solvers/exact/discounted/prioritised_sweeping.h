#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct PrioritisedSweepingOptions {
  double shrink = 0.1;
};

template <class Field>
void describe(PrioritisedSweepingOptions& o, Field&& field) {
  field("shrink", o.shrink, inside(0, 1),
        "a round backs up states until every residual is below this share of the last");
}

/// Prioritised sweeping: the state with the largest bound on its Bellman residual is backed up first, and its
/// predecessors' bounds grow by discount * P * |change| (docs/papers/exact-solvers.md, "Prioritised sweeping"). A round
/// ends with a full sweep that measures what the bounds promised; an iteration is a round. Certificate: certify() at
/// the last iterate. Cost: good where change is local (goals, sparse rewards), serial; memory of a predecessor list, 12
/// bytes a distinct edge.
Solution prioritised_sweeping(const Problem& problem, const PrioritisedSweepingOptions& options = {},
                              const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
