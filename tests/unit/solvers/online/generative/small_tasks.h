#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/generative/run.h"
#include "solvers/online/registry.h"

namespace bellwether::online {

/// Eight states, three choices of three successors each, discount 0.8.
inline GenerativeTask garnet_task() {
  return GenerativeTask(mdp::garnet({.states = 8, .actions = 3, .successors = 3, .seed = 4}).model, 0.8);
}

/// Two states with a way to stay and a way to change; nothing is random.
inline mdp::TabularMdp switching() {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.1, {{0, 1.0}}).add_choice(0, 0.0, {{1, 1.0}});
  builder.add_choice(1, 1.0, {{1, 1.0}}).add_choice(1, 0.7, {{0, 1.0}});
  return std::move(builder).build();
}

inline std::unique_ptr<GenerativeAgent> make(std::string_view learner, const GenerativeWorld& world,
                                             const std::vector<Setting>& settings = {}) {
  return find_generative(learner).make(world, settings, Stream(5).child("learner"));
}

/// max Q of each state.
inline std::vector<double> values_of(const GenerativeWorld& world, const std::vector<double>& q) {
  std::vector<double> values;
  for (int s = 0; s < world.num_states(); ++s)
    values.push_back(*std::max_element(q.begin() + world.state_begin[static_cast<std::size_t>(s)],
                                       q.begin() + world.state_begin[static_cast<std::size_t>(s) + 1]));
  return values;
}

/// r + discount * sum p V with the true probabilities.
inline std::vector<double> backed_up(const GenerativeTask& task, const std::vector<double>& values) {
  std::vector<double> q;
  const mdp::TabularMdp& model = task.model();
  for (std::int64_t c = 0; c < task.num_choices(); ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < model.successors(c).size(); ++i)
      sum += model.probabilities(c)[i] * values[static_cast<std::size_t>(model.successors(c)[i])];
    q.push_back(task.unit_rewards()[static_cast<std::size_t>(c)] + task.discount() * sum);
  }
  return q;
}

inline std::vector<double> copy(std::span<const double> numbers) { return {numbers.begin(), numbers.end()}; }

}  // namespace bellwether::online
