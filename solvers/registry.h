#pragma once

#include <span>
#include <string_view>

#include "solvers/planner_row.h"

namespace bellwether::solvers {

struct SolverRow : PlannerRow<Problem, Solution> {
  /// Gradient steps whose error is only sure to fall like 1/k: what they prove holds, but a small tolerance ends as
  /// budget_exhausted.
  bool first_order = false;
};

/// All planners, `auto` of each criterion first.
std::span<const SolverRow> solver_table();

/// The planner of that name for the criterion. InvalidOption, with what was probably meant, when there is none.
const SolverRow& find_solver(std::string_view name, Criterion criterion);

}  // namespace bellwether::solvers
