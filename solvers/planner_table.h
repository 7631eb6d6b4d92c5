#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/options.h"
#include "solvers/planner_row.h"

namespace bellwether::solvers {

/// A row for a planner of the usual shape, Solution planner(problem, options, run). For registries alone.
template <class Row, class Options, auto Planner>
Row planner_row(std::string_view name, std::vector<Criterion> criteria, std::string_view page,
                std::string_view summary) {
  Row row;
  row.name = name;
  row.criteria = std::move(criteria);
  row.summary = summary;
  row.page = page;
  row.options = [] { return option_rows<Options>(); };
  row.run = [](const auto& problem, const std::vector<Setting>& settings, const SolveOptions& run) {
    Options options;
    apply_settings("solve", options, settings);
    return Planner(problem, options, run);
  };
  return row;
}

/// InvalidOption: "no KINDalgorithm is named 'x'; did you mean ..." or, when the name is `known`, "KINDalgorithm 'x'
/// does not solve PROBLEMS; these do: ...".
[[noreturn]] void refuse_planner(std::string_view name, bool known, const std::vector<std::string>& all,
                                 const std::vector<std::string>& fitting, std::string_view kind,
                                 const std::string& problems);

/// The planner of that name for which fits(row); refuse_planner() when there is none.
template <class Row, class Fits>
const Row& find_planner_row(std::span<const Row> table, std::string_view name, const Fits& fits, std::string_view kind,
                            const std::string& problems) {
  std::vector<std::string> all, fitting;
  bool known = false;
  for (const Row& candidate : table) {
    if (candidate.name == name && fits(candidate)) return candidate;
    known = known || candidate.name == name;
    all.emplace_back(candidate.name);
    if (fits(candidate)) fitting.emplace_back(candidate.name);
  }
  refuse_planner(name, known, all, fitting, kind, problems);
}

}  // namespace bellwether::solvers
