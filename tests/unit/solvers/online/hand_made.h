#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mdp/instances/registry.h"
#include "solvers/online/episodic/agent.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::online {

/// What a learner is told of a model that need not exist: `actions` choices in each of `states` states.
struct HandMadeWorld {
  HandMadeWorld(int states, int actions, int horizon, std::int64_t episodes, std::vector<double> rewards = {})
      : mean_reward(std::move(rewards)) {
    for (int s = 0; s <= states; ++s) state_begin.push_back(std::int64_t{s} * actions);
    mean_reward.resize(static_cast<std::size_t>(states * actions), 0.0);
    world = {.state_begin = state_begin,
             .horizon = horizon,
             .largest_num_actions = actions,
             .same_at_every_stage = true,
             .episodes = episodes,
             .mean_reward = mean_reward};
  }
  HandMadeWorld(const HandMadeWorld&) = delete;
  HandMadeWorld& operator=(const HandMadeWorld&) = delete;

  std::vector<std::int64_t> state_begin;
  std::vector<double> mean_reward;
  EpisodicWorld world;
};

/// Four states, three choices, another random model at each of three stages.
inline EpisodicTask three_stages() {
  std::vector<mdp::TabularMdp> stages;
  for (const char* seed : {"1", "2", "3"}) {
    stages.push_back(
        mdp::make_instance("garnet", {{"states", "4"}, {"actions", "3"}, {"successors", "3"}, {"seed", seed}}).model);
  }
  return EpisodicTask(std::move(stages));
}

/// What happens in an episode of a deterministic policy.
inline std::vector<Step> played(const EpisodicTask& task, const EpisodicPolicy& policy, Stream& stream) {
  std::vector<Step> steps;
  std::int32_t s = task.simulator(0).draw_initial(stream);
  for (int h = 0; h < task.horizon(); ++h) {
    const std::int32_t c = policy.choice(h, s);
    const mdp::Step outcome = task.simulator(h).draw_step(c, stream);
    steps.push_back({s, c, outcome.next, task.to_unit(outcome.reward)});
    s = outcome.next;
  }
  return steps;
}

}  // namespace bellwether::online
