#pragma once

#include <cstdint>

#include "mdp/constrained/instances.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/problem.h"

namespace bellwether::solvers {

/// A random problem whose budgets bind (see with_binding_limits), in any units.
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
  const std::vector<double> any(static_cast<std::size_t>(shape.budgets), 0.0);
  return with_binding_limits({.model = {model, any}, .direction = direction, .discount = discount}, share);
}

}  // namespace bellwether::solvers
