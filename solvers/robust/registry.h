#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "solvers/planner_row.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers {

using RobustSolverRow = PlannerRow<RobustProblem, RobustSolution>;

/// All robust planners, `auto` first.
std::span<const RobustSolverRow> robust_solver_table();

/// The planner of that name for the criterion. InvalidOption, with what was probably meant, when there is none.
const RobustSolverRow& find_robust_solver(std::string_view name, Criterion criterion);

struct RobustAutomaticOptions : RobustOptions {
  std::string must_reach_goal = "auto";
  bool relative = false;
};

template <class Field>
void describe(RobustAutomaticOptions& o, Field&& field) {
  describe(static_cast<RobustOptions&>(o), field);
  field("relative", o.relative, any_value(), "reachability and total reward: read the tolerance relative to the value");
  field("must_reach_goal", o.must_reach_goal, one_of({"auto", "yes", "no"}),
        "total reward with a goal: only policies that reach it surely count (auto: when minimising)");
}

/// Picks a planner for the problem and runs it; the result names it and the note says why.
RobustSolution robust_automatic(const RobustProblem& problem, const RobustAutomaticOptions& options = {},
                                const SolveOptions& run = {});

}  // namespace bellwether::solvers
