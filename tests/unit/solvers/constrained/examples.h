#pragma once

#include <cstdint>

#include "mdp/constrained/instances.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/problem.h"

namespace bellwether::solvers {

/// A random problem whose budgets bind: each limit lies a share of the way from the least possible cost to that of the
/// policy that is best without budgets.
inline ConstrainedProblem binding_problem(std::uint64_t seed, const mdp::RandomCmdpShape& shape, double discount,
                                          double share = 0.4, double reward_scale = 1, double cost_scale = 1,
                                          Direction direction = Direction::kMaximise) {
  mdp::TabularMdp model = mdp::random_cmdp(Stream(seed), shape).model();
  mdp::ModelData data = model.data();
  const auto scaled = [](const mdp::Column& column, double scale) {
    std::vector<double> values(column.expected.begin(), column.expected.end());
    for (double& x : values) x *= scale;
    return mdp::Column{.name = column.name, .expected = std::move(values), .by_transition = {}};
  };
  data.rewards[0] = scaled(data.rewards[0], reward_scale);
  for (auto& cost : data.costs) cost = scaled(cost, cost_scale);
  model = mdp::TabularMdp(std::move(data));
  const std::vector<double> huge(static_cast<std::size_t>(shape.budgets), 1e300);
  ConstrainedProblem problem{.model = {model, huge}, .direction = direction, .discount = discount};
  const constrained::Lagrangian on(problem);
  const std::vector<double> none(huge.size(), 0.0);
  std::vector<double> weights = {problem.sign()};
  weights.resize(huge.size() + 1, 0.0);
  const auto free = on.planner().best(weights, 1e-9 * on.reward_scale());
  const auto collected = on.planner().evaluate(free.policy);
  // The mean of all costs at its least: a point that all budgets can be measured from together.
  std::vector<double> against(huge.size() + 1, -1.0);
  against[0] = 0;
  const auto cheap = on.planner().evaluate(on.planner().best(against, 1e-9 * on.cost_scale(0)).policy);
  std::vector<double> limits;
  for (std::size_t i = 1; i <= huge.size(); ++i)
    limits.push_back(cheap[i].value + share * std::abs(collected[i].value - cheap[i].value) +
                     1e-3 * on.cost_scale(static_cast<int>(i) - 1));
  problem.model = problem.model.with_limits(limits);
  return problem;
}

}  // namespace bellwether::solvers
