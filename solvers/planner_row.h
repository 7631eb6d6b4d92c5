#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// One planner: what the command line, the conformance tests and the generated lists know of it.
template <class ProblemType, class SolutionType>
struct PlannerRow {
  std::string_view name = {};  ///< "modified-policy-iteration"
  std::vector<Criterion> criteria = {};
  std::string_view summary = {};  ///< one line
  std::string_view page = {};     ///< its page in docs/papers
  std::vector<OptionRow> (*options)() = nullptr;
  /// InvalidOption when a setting is unknown or inadmissible.
  SolutionType (*run)(const ProblemType& problem, const std::vector<Setting>& settings,
                      const SolveOptions& run) = nullptr;

  bool solves(Criterion criterion) const {
    return std::find(criteria.begin(), criteria.end(), criterion) != criteria.end();
  }
};

}  // namespace bellwether::solvers
