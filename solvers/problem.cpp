#include "solvers/problem.h"

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::solvers {

void require_valid(const Problem& problem) {
  if (problem.criterion == Criterion::kDiscounted && !(problem.discount >= 0 && problem.discount < 1)) {
    throw InvalidOption(fmt::format("discount {} must lie in [0, 1) for a discounted problem", problem.discount));
  }
  if (problem.criterion == Criterion::kFinite) {
    if (problem.horizon < 1) throw InvalidOption(fmt::format("horizon {} must be at least 1", problem.horizon));
    if (!(problem.discount >= 0 && problem.discount <= 1)) {
      throw InvalidOption(fmt::format("discount {} must lie in [0, 1] for a finite horizon", problem.discount));
    }
    if (!problem.stages.empty() && static_cast<int>(problem.stages.size()) != problem.horizon) {
      throw InvalidOption(fmt::format("horizon {} does not fit a model of {}", problem.horizon,
                                      counted(static_cast<std::int64_t>(problem.stages.size()), "stage")));
    }
  }
  if (problem.criterion == Criterion::kReach && problem.target.empty()) {
    throw InvalidOption("a reachability problem needs at least one target state");
  }
  for (std::size_t i = 0; i < problem.target.size(); ++i) {
    const std::int32_t s = problem.target[i];
    if (s < 0 || s >= problem.model.num_states()) {
      throw InvalidOption(fmt::format("target state {} is out of range, the model has {}", s,
                                      counted(problem.model.num_states(), "state")));
    }
    if (i > 0 && problem.target[i - 1] >= s) throw InvalidOption("target states must be ascending, each once");
  }
}

void require_total_options(const Problem& problem, bool relative, std::string_view must_reach_goal) {
  const bool total = problem.criterion == Criterion::kTotal || problem.criterion == Criterion::kReach;
  if (relative && !total) {
    throw InvalidOption(
        fmt::format("auto: 'relative' goes with total rewards and reachability, not with the {} criterion",
                    to_string(problem.criterion)));
  }
  if (must_reach_goal != "auto" && (problem.criterion != Criterion::kTotal || problem.target.empty()))
    throw InvalidOption("auto: 'must_reach_goal' goes with a total reward that ends at a goal");
}

}  // namespace bellwether::solvers
