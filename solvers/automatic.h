#pragma once

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct AutomaticOptions {
  bool relative = false;
};

template <class Field>
void describe(AutomaticOptions& o, Field&& field) {
  field("relative", o.relative, any_value(), "reachability and total reward: read the tolerance relative to the value");
}

/// Picks a planner for the problem and runs it; the result names it and the note says why.
Solution automatic(const Problem& problem, const AutomaticOptions& options = {}, const SolveOptions& run = {});

}  // namespace bellwether::solvers
