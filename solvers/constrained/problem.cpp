#include "solvers/constrained/problem.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>

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

namespace {

/// Totals are multiplied by prices of budgets, quotients of totals: what is larger has no place in a double then.
constexpr double kLargestTotal = 1e150;

double longest_play(const ConstrainedProblem& problem) {
  if (problem.criterion == Criterion::kDiscounted) return 1 / (1 - problem.discount);
  return problem.criterion == Criterion::kFinite ? problem.horizon : 1;
}

void require_moderate(const mdp::TabularMdp& model, std::string_view what, std::string_view name,
                      std::span<const double> column, double duration) {
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double entry = column[static_cast<std::size_t>(c)];
      if (std::abs(entry) * duration <= kLargestTotal) continue;
      throw InvalidModel(
          fmt::format("budgets: {} '{}' of (s={}, a={}) is {}, {} in all when it is met at every step; "
                      "totals must be at most {}: scale the column down",
                      what, name, model.state_name(s), model.action_name(model.action(c)), entry,
                      std::abs(entry) * duration, kLargestTotal));
    }
  }
}

void require_moderate(const ConstrainedProblem& problem, const mdp::TabularMdp& model) {
  const double duration = longest_play(problem);
  const mdp::Column& reward = model.data().rewards.front();
  require_moderate(model, "reward", reward.name, reward.expected, duration);
  for (const mdp::Column& cost : model.data().costs) {
    if (std::ranges::any_of(problem.model.budgets(), [&](const mdp::Budget& b) { return b.column == cost.name; }))
      require_moderate(model, "cost", cost.name, cost.expected, duration);
  }
}

}  // namespace

void require_valid(const ConstrainedProblem& problem) {
  if (problem.criterion == Criterion::kTotal || problem.criterion == Criterion::kReach) {
    throw InvalidOption(fmt::format("budgets go with the criteria discounted, finite and average, not with {}",
                                    to_string(problem.criterion)));
  }
  require_valid(problem.unconstrained());
  require_moderate(problem, problem.model.model());
  for (const mdp::TabularMdp& stage : problem.stages) require_moderate(problem, stage);
  for (std::size_t h = 0; h < problem.stages.size(); ++h) {
    const auto& costs = problem.stages[h].data().costs;
    for (const mdp::Budget& budget : problem.model.budgets()) {
      if (std::none_of(costs.begin(), costs.end(), [&](const mdp::Column& c) { return c.name == budget.column; }))
        throw InvalidModel(fmt::format("stage {} has no cost column '{}', which has a budget", h, budget.column));
    }
  }
}

}  // namespace bellwether::solvers
