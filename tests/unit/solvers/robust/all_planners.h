#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"

namespace bellwether::solvers {

using Planner = std::function<RobustSolution(const RobustProblem&, const SolveOptions&)>;

/// All that plan for a discounted robust model, with the name that a failed test tells.
inline const std::vector<std::pair<std::string, Planner>>& planners() {
  static const std::vector<std::pair<std::string, Planner>> table = {
      {"value iteration", [](const auto& p, const auto& run) { return robust_value_iteration(p, {}, run); }},
      {"modified", [](const auto& p, const auto& run) { return robust_modified_policy_iteration(p, {}, run); }},
      {"partial", [](const auto& p, const auto& run) { return partial_policy_iteration(p, {}, run); }},
      {"policy iteration", [](const auto& p, const auto& run) { return robust_policy_iteration(p, {}, run); }}};
  return table;
}

}  // namespace bellwether::solvers
