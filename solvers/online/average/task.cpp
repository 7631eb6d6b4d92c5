#include "solvers/online/average/task.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/graph/components.h"
#include "mdp/operators.h"
#include "solvers/exact/average/average_policy_iteration.h"
#include "solvers/online/reward_range.h"

namespace bellwether::online {
namespace {

/// "state lost", "states lost, ill, well and 3 more"
std::string names_of(const mdp::TabularMdp& model, const std::vector<int>& states) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(kMost, states.size()); ++i) names.push_back(model.state_name(states[i]));
  if (states.size() > kMost) names.push_back(fmt::format("{} more", states.size() - kMost));
  return (states.size() > 1 ? "states " : "state ") + join_names(names);
}

std::vector<bool> reached_from(const mdp::TabularMdp& model, int start) {
  std::vector<bool> reached(static_cast<std::size_t>(model.num_states()));
  std::vector<int> waiting{start};
  reached[static_cast<std::size_t>(start)] = true;
  while (!waiting.empty()) {
    const int s = waiting.back();
    waiting.pop_back();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      for (const std::int32_t next : model.successors(c)) {
        if (reached[static_cast<std::size_t>(next)]) continue;
        reached[static_cast<std::size_t>(next)] = true;
        waiting.push_back(next);
      }
    }
  }
  return reached;
}

int likeliest_start(const mdp::TabularMdp& model) {
  const auto initial = model.data().initial.view();
  return initial.empty() ? 0 : static_cast<int>(std::ranges::max_element(initial) - initial.begin());
}

/// Which states keep the model from being one part, seen from where the play starts.
std::string what_is_apart(const mdp::TabularMdp& model, const mdp::Components& components) {
  const int start = likeliest_start(model);
  const std::vector<bool> reached = reached_from(model, start);
  const auto part = [&](int s) { return components.component[static_cast<std::size_t>(s)]; };
  std::vector<int> never_met, no_return;
  for (int s = 0; s < model.num_states(); ++s) {
    if (!reached[static_cast<std::size_t>(s)]) {
      never_met.push_back(s);
    } else if (part(s) != part(start)) {
      no_return.push_back(s);
    }
  }
  const std::string from = model.state_name(start);
  std::string text;
  if (!no_return.empty())
    text += fmt::format("; from {} the play never comes back to state {}", names_of(model, no_return), from);
  if (!never_met.empty()) {
    text += fmt::format("; {} cannot be reached from state {}", names_of(model, never_met), from);
    if (no_return.empty()) text += ", and without what cannot be reached it would be one part";
  }
  return text;
}

void require_connected(const mdp::TabularMdp& model) {
  const mdp::Components components = mdp::strongly_connected_components(model);
  if (components.count() == 1) return;
  throw InvalidModel(
      fmt::format("learning for the long run needs a model in which every state can be reached from "
                  "every other; this one falls into {} strongly connected parts{}",
                  components.count(), what_is_apart(model, components)));
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
