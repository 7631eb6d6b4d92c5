#include "solvers/constrained/lagrangian.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/rounding.h"

namespace bellwether::solvers::constrained {
namespace {

ConstrainedProblem checked(ConstrainedProblem problem) {
  require_valid(problem);
  return problem;
}

/// The first reward and the costs with budgets, under names that are different for certain.
mdp::TabularMdp reduced(const mdp::TabularMdp& model, std::span<const mdp::Budget> budgets) {
  mdp::ModelData data = model.data();
  data.rewards.resize(1);
  data.rewards.front().name = "reward";
  data.reward_laws = {};
  std::vector<mdp::Column> costs;
  for (const mdp::Budget& budget : budgets) {
    const auto found = std::find_if(data.costs.begin(), data.costs.end(),
                                    [&](const mdp::Column& c) { return c.name == budget.column; });
    costs.push_back(*found);
    costs.back().name = fmt::format("cost {}", costs.size() - 1);
  }
  data.costs = std::move(costs);
  return mdp::TabularMdp(std::move(data));
}

Problem reduced_question(const ConstrainedProblem& problem) {
  Problem question = problem.unconstrained();
  question.model = reduced(question.model, problem.model.budgets());
  for (mdp::TabularMdp& stage : question.stages) stage = reduced(stage, problem.model.budgets());
  return question;
}

std::vector<std::string> names(int budgets) {
  std::vector<std::string> result = {"reward"};
  for (int i = 0; i < budgets; ++i) result.push_back(fmt::format("cost {}", i));
  return result;
}

}  // namespace

void LeastDual::offer(std::span<const double> y, const Bounded& value) {
  if (!(value.upper < upper())) return;
  value_ = value;
  multipliers_.assign(y.begin(), y.end());
}

Lagrangian::Lagrangian(const ConstrainedProblem& problem, const Observer& observer)
    : problem_(checked(problem)), planner_(reduced_question(problem_), names(problem_.num_budgets())) {
  if (observer) planner_.ask([observer] { return observer(TraceRow{}); });
}

double Lagrangian::reward_scale() const { return planner_.scale(0) > 0 ? planner_.scale(0) : 1; }
double Lagrangian::cost_scale(int i) const { return planner_.scale(i + 1) > 0 ? planner_.scale(i + 1) : 1; }

bool Lagrangian::out_of_reach() const {
  for (int i = 0; i < num_budgets(); ++i)
    if (limit(i) < -2 * cost_scale(i)) return true;
  return false;
}

Lagrangian::Dual Lagrangian::dual(std::span<const double> y, double tolerance, const Eigen::VectorXd* start,
                                  const Observer& observer) const {
  std::vector<double> weights = {sign()};
  for (const double multiplier : y) weights.push_back(-multiplier);
  Dual result{.best = planner_.best(weights, tolerance, start, observer)};
  result.value = result.best.value;
  for (int i = 0; i < num_budgets(); ++i) {
    // The limit is read as it stands: it is the user's, not a number measured.
    result.value = plus(result.value, times(y[static_cast<std::size_t>(i)], exactly(limit(i))));
  }
  return result;
}

double Lagrangian::excess(std::span<const Bounded> collected) const {
  double most = 0;
  for (int i = 0; i < num_budgets(); ++i) {
    const double upper = collected[static_cast<std::size_t>(i) + 1].upper;
    if (std::isnan(upper)) return std::numeric_limits<double>::infinity();
    if (upper > limit(i)) most = std::max(most, round_up(upper - limit(i)));
  }
  return most;
}

}  // namespace bellwether::solvers::constrained
