#include "solvers/robust/problem.h"

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {

Problem RobustProblem::nominal() const {
  return {.model = model.nominal(),
          .criterion = criterion,
          .direction = direction,
          .discount = discount,
          .horizon = horizon,
          .target = target};
}

void require_valid(const RobustProblem& problem) {
  require_valid(problem.nominal());
  if (problem.criterion == Criterion::kDiscounted || problem.criterion == Criterion::kFinite) return;
  if (problem.criterion == Criterion::kAverage)
    throw InvalidOption(
        "robust: the average criterion is not solved for robust models; discounted and finite ones are for all sets, "
        "totals and reaching a target for intervals");
  if (problem.model.kind() != mdp::SetKind::kInterval) {
    throw InvalidOption(
        fmt::format("robust: reaching a target and total rewards are solved for sets of kind "
                    "'interval'; this one is '{}', which goes with a discount or a horizon",
                    mdp::to_string(problem.model.kind())));
  }
  const auto& lower = problem.model.ambiguity().intervals.lower;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if (lower[i] > 0) continue;
    throw InvalidOption(
        fmt::format("robust: transition {} (to state {}) may be missing, its lower bound being 0; reaching a target "
                    "and total rewards need positive lower bounds, so that the graph is known",
                    i, problem.model.nominal().state_name(problem.model.nominal().successor()[i])));
  }
}

}  // namespace bellwether::solvers
