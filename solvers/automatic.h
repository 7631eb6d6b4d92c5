#pragma once

#include <string>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct AutomaticOptions {
  bool relative = false;
  std::string must_reach_goal = "auto";
};

template <class Field>
void describe(AutomaticOptions& o, Field&& field) {
  field("relative", o.relative, any_value(), "reachability and total reward: read the tolerance relative to the value");
  field("must_reach_goal", o.must_reach_goal, one_of({"auto", "yes", "no"}),
        "total reward with a goal: only policies that reach it surely count (auto: when minimising)");
}

/// Picks a planner for the problem and runs it; the result names it and the note says why.
Solution automatic(const Problem& problem, const AutomaticOptions& options = {}, const SolveOptions& run = {});

}  // namespace bellwether::solvers
