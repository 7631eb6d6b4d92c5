#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers {

/// One planner for problems with budgets: what the command line and the generated lists know of it.
struct ConstrainedRow {
  std::string_view name;  ///< "occupancy-lp"
  std::vector<Criterion> criteria;
  int most_budgets;  ///< 0: any number
  std::string_view summary;
  std::string_view page;
  std::vector<OptionRow> (*options)();
  /// InvalidOption when a setting is unknown or inadmissible.
  ConstrainedSolution (*run)(const ConstrainedProblem& problem, const std::vector<Setting>& settings,
                             const SolveOptions& run);

  bool solves(Criterion criterion, int budgets) const;
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
