#include <cmath>
#include <utility>

#include "core/errors.h"
#include "mdp/evaluate/policy_chain.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/constrained/pareto/extensions.h"

namespace bellwether::solvers {
namespace {

using namespace constrained;

/// A cost column that is the objective with its sign turned.
mdp::Column turned(const mdp::TabularMdp& model, const std::string& name) {
  const std::span<const double> values = mdp::column_values(model, name);
  std::vector<double> negative(values.begin(), values.end());
  for (double& x : negative) x = -x;
  return {.name = "minus " + name, .expected = std::move(negative), .by_transition = {}};
}

/// Rewards `reward`, costs minus the objectives in `kept` with these limits.
ConstrainedProblem bounded(const MultiObjectiveProblem& problem, std::vector<double> reward,
                           const std::vector<int>& kept, const Objectives& at_least) {
  const mdp::TabularMdp& model = problem.question.model;
  std::vector<mdp::Column> costs;
  std::vector<double> limits;
  for (const int i : kept) {
    costs.push_back(turned(model, problem.objectives[static_cast<std::size_t>(i)]));
    limits.push_back(-at_least[static_cast<std::size_t>(i)]);
  }
  return {.model = {mdp::with_costs(model.with_expected_rewards(std::move(reward), "objective"), std::move(costs)),
                    std::move(limits)},
          .criterion = problem.question.criterion,
          .direction = Direction::kMaximise,
          .discount = problem.question.discount,
          .horizon = problem.question.horizon};
}

std::vector<double> column(const MultiObjectiveProblem& problem, int l) {
  const auto values = mdp::column_values(problem.question.model, problem.objectives[static_cast<std::size_t>(l)]);
  return {values.begin(), values.end()};
}

std::vector<int> all_but(const MultiObjectiveProblem& problem, int l) {
  std::vector<int> kept;
  for (int i = 0; i < static_cast<int>(problem.objectives.size()); ++i)
    if (i != l) kept.push_back(i);
  return kept;
}

AnyPolicy policy_in(const ConstrainedSolution& solution) {
  return {.stationary = solution.policy,
          .stages = solution.stages,
          .parts = solution.mixture.policy,
          .weights = solution.mixture.initial};
}

}  // namespace

void require_one_model(const MultiObjectiveProblem& problem) {
  require_valid(problem);
  if (!problem.question.stages.empty())
    throw InvalidOption("c-morl: the stages of the model differ, must be one model throughout");
}

ConstrainedProblem epsilon_constraint(const MultiObjectiveProblem& problem, int l, const Objectives& at_least) {
  require_one_model(problem);
  return bounded(problem, column(problem, l), all_but(problem, l), at_least);
}

Extension extend_by_program(const MultiObjectiveProblem& problem, int l, const Objectives& at_least, double tolerance) {
  const ConstrainedSolution first =
      occupancy_lp(epsilon_constraint(problem, l, at_least), {.sensitivity = false}, {.tolerance = tolerance});
  if (first.status == Status::kInfeasible || first.violation > tolerance) return {};
  const VectorPlanner planner(problem.question, problem.objectives);
  AnyPolicy policy = policy_in(first);
  // Among the optima the one with the largest sum: no other policy has more of anything without less of another.
  Objectives kept = at_least;
  kept[static_cast<std::size_t>(l)] = first.expected.lower - tolerance;
  std::vector<double> sum = column(problem, 0);
  for (int i = 1; i < static_cast<int>(problem.objectives.size()); ++i) {
    const std::vector<double> more = column(problem, i);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += more[c];
  }
  const ConstrainedSolution second = occupancy_lp(bounded(problem, std::move(sum), all_but(problem, -1), kept),
                                                  {.sensitivity = false}, {.tolerance = tolerance});
  if (second.status != Status::kInfeasible && second.violation <= tolerance) policy = policy_in(second);
  Extension result{.found = true, .point = {.policy = std::move(policy), .value = {}}};
  result.point.value = planner.evaluate(result.point.policy);
  return result;
}

Objectives relaxed(const Objectives& point, double beta) {
  Objectives result = point;
  for (double& x : result) x -= (1 - beta) * std::abs(x);
  return result;
}

}  // namespace bellwether::solvers
