#pragma once

#include <memory>
#include <vector>

#include "mdp/constrained/instances.h"
#include "solvers/online/constrained/task.h"

namespace bellwether::online {

/// A random task with one cost, Dirichlet(.5) rows, every episode beginning in state 0.
inline std::shared_ptr<const EpisodicTask> random_episodes(std::uint64_t seed, int states, int actions, int horizon) {
  const mdp::ConstrainedMdp drawn = mdp::random_cmdp(
      Stream(seed), {.states = states, .actions = actions, .concentration = .5, .uniform_start = false});
  return std::make_shared<const EpisodicTask>(drawn.model(), horizon);
}

/// The same with the cost below 40 % of the way from the least to that of the best policy.
inline ConstrainedTask random_task(std::uint64_t seed, int states = 4, int actions = 2, int horizon = 4) {
  return ConstrainedTask(random_episodes(seed, states, actions, horizon),
                         {.budgets = {{"cost 0", .4, true}}, .floor = {}, .baseline = "safest"});
}

/// The same with a floor of the value, a share of the baseline's.
inline ConstrainedTask floor_task(std::uint64_t seed, double floor, const char* baseline = "0.6", int states = 5,
                                  int actions = 3, int horizon = 3) {
  return ConstrainedTask(random_episodes(seed, states, actions, horizon),
                         {.budgets = {}, .floor = floor, .baseline = baseline});
}

}  // namespace bellwether::online
