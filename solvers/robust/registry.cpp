#include "solvers/robust/registry.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/planner_table.h"
#include "solvers/robust/policy_gradient/robust_policy_gradient.h"
#include "solvers/robust/robust_backward_induction.h"
#include "solvers/robust/robust_interval_iteration.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"
#include "solvers/robust/worst_case_search/worst_case_search.h"

namespace bellwether::solvers {
namespace {

constexpr std::string_view kPage = "docs/papers/robust-mdps.md";

template <class Options, RobustSolution (*Planner)(const RobustProblem&, const Options&, const SolveOptions&)>
RobustSolverRow row(std::string_view name, std::vector<Criterion> criteria, std::string_view summary,
                    std::string_view page = kPage) {
  return planner_row<RobustSolverRow, Options, Planner>(name, std::move(criteria), page, summary);
}

const std::vector<RobustSolverRow>& table() {
  using enum Criterion;
  static const std::vector<RobustSolverRow> rows = {
      row<RobustAutomaticOptions, robust_automatic>("auto", {kDiscounted, kFinite, kTotal, kReach},
                                                    "looks at the problem, picks a robust planner and says why"),
      row<RobustValueIterationOptions, robust_value_iteration>("robust-value-iteration", {kDiscounted},
                                                               "Jacobi sweeps against nature, with MacQueen's bounds"),
      row<RobustModifiedPolicyIterationOptions, robust_modified_policy_iteration>(
          "robust-modified-policy-iteration", {kDiscounted}, "a few sweeps of evaluation between two improvements"),
      row<PartialPolicyIterationOptions, partial_policy_iteration>(
          "partial-policy-iteration", {kDiscounted},
          "evaluations whose accuracy grows faster than the discount shrinks"),
      row<RobustPolicyIterationOptions, robust_policy_iteration>(
          "robust-policy-iteration", {kDiscounted}, "each policy evaluated to the end, by nature's policy iteration"),
      row<RobustBackwardInductionOptions, robust_backward_induction>("robust-backward-induction", {kFinite},
                                                                     "exact recursion; nature chooses at every stage"),
      row<RobustIntervalIterationOptions, robust_interval_iteration>(
          "robust-interval-iteration", {kTotal, kReach}, "interval models: sweeps from below and above, sound"),
      row<RobustPolicyGradientOptions, robust_policy_gradient>(
          "robust-policy-gradient", {kDiscounted}, "projected gradient steps against nature's answers (DRPG)",
          "docs/papers/drpg.md"),
      row<WorstCaseSearchOptions, worst_case_search>("worst-case-search", {kDiscounted},
                                                     "ordinary solves of nature's worst models so far (IWOCS)",
                                                     "docs/papers/iwocs.md"),
  };
  return rows;
}

}  // namespace

std::span<const RobustSolverRow> robust_solver_table() { return table(); }

const RobustSolverRow& find_robust_solver(std::string_view name, Criterion criterion) {
  const auto solves = [&](const RobustSolverRow& row) { return row.solves(criterion); };
  if (std::ranges::none_of(table(), solves)) {
    std::vector<std::string> possible;
    for (const Criterion other : {Criterion::kDiscounted, Criterion::kFinite, Criterion::kTotal, Criterion::kReach})
      if (std::ranges::any_of(table(), [&](const RobustSolverRow& row) { return row.solves(other); }))
        possible.emplace_back(to_string(other));
    throw InvalidOption(fmt::format("no robust algorithm solves problems of the criterion {}; there are some for {}",
                                    to_string(criterion), join_names(possible)));
  }
  return find_planner_row(robust_solver_table(), name, solves, "robust ",
                          fmt::format("problems of the criterion {}", to_string(criterion)));
}

RobustSolution robust_automatic(const RobustProblem& problem, const RobustAutomaticOptions& options,
                                const SolveOptions& run) {
  require_valid(problem);
  bellwether::require_valid("auto", options);
  const bool total = problem.criterion == Criterion::kTotal || problem.criterion == Criterion::kReach;
  require_total_options(problem.nominal(), options.relative, options.must_reach_goal);
  if (total) {
    RobustIntervalIterationOptions chosen;
    chosen.worst_case = options.worst_case;
    chosen.must_reach_goal = options.must_reach_goal;
    chosen.relative = options.relative;
    return explained(robust_interval_iteration(problem, chosen, run),
                     "chosen by auto: sweeps from both sides, the sound method for interval models");
  }
  if (problem.criterion == Criterion::kFinite) {
    RobustBackwardInductionOptions chosen;
    chosen.worst_case = options.worst_case;
    return explained(robust_backward_induction(problem, chosen, run),
                     "chosen by auto: the one exact method for a finite horizon");
  }
  PartialPolicyIterationOptions chosen;
  chosen.worst_case = options.worst_case;
  return explained(partial_policy_iteration(problem, chosen, run),
                   "chosen by auto: partial policy iteration, sweeps first and linear solves where they are slow");
}

}  // namespace bellwether::solvers
