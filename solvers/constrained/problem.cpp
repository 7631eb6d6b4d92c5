#include "solvers/constrained/problem.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {

Problem ConstrainedProblem::unconstrained() const {
  return {.model = model.model(),
          .criterion = criterion,
          .direction = direction,
          .discount = discount,
          .horizon = horizon,
          .target = {},
          .stages = stages};
}

void require_valid(const ConstrainedProblem& problem) {
  if (problem.criterion == Criterion::kTotal || problem.criterion == Criterion::kReach) {
    throw InvalidOption(fmt::format("budgets go with the criteria discounted, finite and average, not with {}",
                                    to_string(problem.criterion)));
  }
  require_valid(problem.unconstrained());
  for (std::size_t h = 0; h < problem.stages.size(); ++h) {
    const auto& costs = problem.stages[h].data().costs;
    for (const mdp::Budget& budget : problem.model.budgets()) {
      if (std::none_of(costs.begin(), costs.end(), [&](const mdp::Column& c) { return c.name == budget.column; }))
        throw InvalidModel(fmt::format("stage {} has no cost column '{}', which has a budget", h, budget.column));
    }
  }
}

}  // namespace bellwether::solvers
