#include "apps/cli/planner.h"

#include "solvers/registry.h"

namespace bellwether::cli {

Planner find_planner(const std::string& name, const Question& question) {
  if (question.hidden) return find_hidden_planner(name, question);
  if (question.risk) return find_risk_planner(name, question);
  if (question.uncertainty && question.uncertainty->is_static()) return find_static_planner(name, question);
  if (question.uncertainty) return find_robust_planner(name, question);
  if (!question.objectives.empty()) return find_front_planner(name, question);
  if (!question.budgets.empty()) return find_budget_planner(name, question);
  const solvers::SolverRow& row = solvers::find_solver(name, question.problem.criterion);
  return {.name = row.name,
          .summary = row.summary,
          .options = row.options,
          .run = [&row, &question](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
            return Planned{.solution = row.run(question.problem, settings, run)};
          }};
}

bool looks_at_earnings(const std::string& measure) {
  return measure == "tail-mean" || measure == "quantile" || measure == "target" || measure == "utility" ||
         measure == "mean-variance";
}

bool answers_by_state(const Question& question) {
  return !question.hidden && !(question.risk && looks_at_earnings(question.risk->measure));
}

}  // namespace bellwether::cli
