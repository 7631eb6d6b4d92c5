#include "solvers/latent/problem.h"

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {

Problem LatentProblem::seen() const {
  return {
      .model = model.model(), .criterion = criterion, .direction = direction, .discount = discount, .horizon = horizon};
}

void require_valid(const LatentProblem& problem) {
  if (problem.criterion != Criterion::kDiscounted && problem.criterion != Criterion::kFinite) {
    throw InvalidOption(fmt::format("problems with hidden states have the criterion discounted or finite, not {}",
                                    to_string(problem.criterion)));
  }
  require_valid(problem.seen());
  if (problem.criterion == Criterion::kFinite && problem.horizon < 1)
    throw InvalidOption(fmt::format("problem: option 'horizon' is {}, must be at least 1", problem.horizon));
}

}  // namespace bellwether::solvers
