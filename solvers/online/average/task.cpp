#include "solvers/online/average/task.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/graph/components.h"
#include "mdp/operators.h"
#include "solvers/exact/average/average_policy_iteration.h"
#include "solvers/online/reward_range.h"

namespace bellwether::online {
namespace {

void require_connected(const mdp::TabularMdp& model) {
  const mdp::Components components = mdp::strongly_connected_components(model);
  if (components.count() == 1) return;
  throw InvalidModel(
      fmt::format("learning for the long run needs a model in which every state can be reached from "
                  "every other; this one falls into {} strongly connected parts",
                  components.count()));
}

solvers::Solution solve(const mdp::TabularMdp& model) {
  require_connected(model);
  solvers::Solution solution =
      solvers::average_policy_iteration({.model = model, .criterion = solvers::Criterion::kAverage});
  if (!(solution.gap < 1e-6))
    throw InvalidModel("the optimal gain of this model could not be computed: " + solution.note);
  return solution;
}

}  // namespace

AverageTask::AverageTask(const mdp::TabularMdp& model) : simulator_(model) {
  const solvers::Solution solution = solve(model);
  gain_ = solution.value[0];
  bias_.assign(solution.bias.begin(), solution.bias.end());
  const RewardRange range = reward_range(model);
  low_ = range.shift();
  per_range_ = range.factor();
  const mdp::Expectation expectation;
  const double rounding = 1e-12 * (std::abs(gain_) + bias_span());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double worth = model.reward(c) + expectation(model.successors(c), model.probabilities(c), bias_);
      const double gap = gain_ + bias(s) - worth;
      gap_.push_back(gap > rounding ? gap : 0);  // what rounding alone makes of nothing
      unit_rewards_.push_back(to_unit(model.reward(c)));
    }
  }
}

double AverageTask::bias_span() const {
  const auto [low, high] = std::minmax_element(bias_.begin(), bias_.end());
  return *high - *low;
}

}  // namespace bellwether::online
