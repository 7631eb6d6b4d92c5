#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// One planner: what the command line, the conformance tests and the generated lists know of it.
struct SolverRow {
  std::string_view name;  ///< "modified-policy-iteration"
  std::vector<Criterion> criteria;
  std::string_view summary;  ///< one line
  std::string_view page;     ///< its page in docs/papers
  /// Gradient steps whose error is only sure to fall like 1/k: what they prove holds, but a small tolerance ends as
  /// budget_exhausted.
  bool first_order = false;
  std::vector<OptionRow> (*options)();
  /// InvalidOption when a setting is unknown or inadmissible.
  Solution (*run)(const Problem& problem, const std::vector<Setting>& settings, const SolveOptions& run);

  bool solves(Criterion criterion) const;
};

/// All planners, `auto` of each criterion first.
std::span<const SolverRow> solver_table();

/// The planner of that name for the criterion. InvalidOption, with what was probably meant, when there is none.
const SolverRow& find_solver(std::string_view name, Criterion criterion);

}  // namespace bellwether::solvers
