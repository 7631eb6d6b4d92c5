#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"
#include "solvers/planner_row.h"

namespace bellwether::solvers {

struct ConstrainedRow : PlannerRow<ConstrainedProblem, ConstrainedSolution> {
  int most_budgets = 0;  ///< 0: any number

  bool solves(Criterion criterion, int budgets) const {
    return PlannerRow::solves(criterion) && (most_budgets == 0 || budgets <= most_budgets);
  }
};

/// All of them, `auto` first.
std::span<const ConstrainedRow> constrained_table();

/// The planner of that name for the criterion and number of budgets. InvalidOption, with what was probably meant, when
/// there is none.
const ConstrainedRow& find_constrained(std::string_view name, Criterion criterion, int budgets);

struct ConstrainedAutoOptions {};
template <class Field>
void describe(ConstrainedAutoOptions&, Field&&) {}

/// The linear program while it is small, then the dual search with one budget and cutting planes with several. The note
/// says which.
ConstrainedSolution constrained_auto(const ConstrainedProblem& problem, const ConstrainedAutoOptions& options = {},
                                     const SolveOptions& run = {});

}  // namespace bellwether::solvers
