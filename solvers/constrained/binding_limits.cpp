#include "solvers/constrained/binding_limits.h"

#include <cmath>
#include <utility>
#include <vector>

#include "solvers/constrained/lagrangian.h"

namespace bellwether::solvers {

ConstrainedProblem with_binding_limits(ConstrainedProblem problem, double share) {
  constexpr double kPrecision = 1e-9, kAbove = 1e-3;
  const constrained::Lagrangian on(problem);
  const constrained::VectorPlanner& planner = on.planner();
  std::vector<double> reward = {problem.sign()}, against = {0.0};
  for (int i = 0; i < on.num_budgets(); ++i) {
    reward.push_back(0);
    against.push_back(-1 / on.cost_scale(i));
  }
  const auto free = planner.evaluate(planner.best(reward, kPrecision * on.reward_scale()).policy);
  const auto cheap = planner.evaluate(planner.best(against, kPrecision).policy);
  std::vector<double> limits;
  for (int i = 0; i < on.num_budgets(); ++i) {
    const double low = cheap[static_cast<std::size_t>(i) + 1].value, high = free[static_cast<std::size_t>(i) + 1].value;
    limits.push_back(low + share * std::abs(high - low) + kAbove * on.cost_scale(i));
  }
  problem.model = problem.model.with_limits(std::move(limits));
  return problem;
}

}  // namespace bellwether::solvers
