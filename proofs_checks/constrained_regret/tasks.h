#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "mdp/constrained/instances.h"
#include "solvers/online/constrained/run.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {

/// A random model with one cost, Dirichlet(.5) rows, every episode beginning in state 0.
inline online::ConstrainedTask drawn_task(Stream stream, int states, int actions, int horizon,
                                          const online::ConstraintRequest& request) {
  const mdp::ConstrainedMdp drawn =
      mdp::random_cmdp(stream, {.states = states, .actions = actions, .concentration = .5, .uniform_start = false});
  return online::ConstrainedTask(std::make_shared<const online::EpisodicTask>(drawn.model(), horizon), request);
}

/// Its cost may be 40 % of the way from the least to that of the best policy. Drawn again until the safest policy
/// leaves some room.
inline online::ConstrainedTask budget_task(Stream stream, int states, int actions, int horizon) {
  constexpr double kRoom = .15;
  for (std::uint64_t k = 0;; ++k) {
    auto task = drawn_task(stream.child(k), states, actions, horizon,
                           {.budgets = {{"cost 0", .4, true}}, .floor = {}, .baseline = "safest"});
    if (world_of(task, 1).baseline_slack() > kRoom) return task;
  }
}

inline online::ConstrainedTask floor_task(Stream stream, double floor, const std::string& baseline = "0.6") {
  return drawn_task(stream, 5, 3, 3, {.budgets = {}, .floor = floor, .baseline = baseline});
}

/// Two states, two stages, two choices: the first pays in [.5, 1] and costs in [.8, 1], the second pays in [0, .5] and
/// costs in [0, .2]; an episode may cost .6. Whoever forgets the limit breaks it by 1 or more in every episode.
inline online::ConstrainedTask tempting_task(Stream stream) {
  constexpr int kStates = 2, kHorizon = 2;
  const mdp::ConstrainedMdp drawn = mdp::random_cmdp(
      stream.child("rows"), {.states = kStates, .actions = 2, .concentration = .5, .uniform_start = false});
  Stream draw = stream.child("amounts");
  std::vector<double> reward, cost;
  for (int s = 0; s < kStates; ++s) {
    for (const double tempting : {1.0, 0.0}) {
      reward.push_back(.5 * tempting + .5 * draw.uniform());
      cost.push_back(.8 * tempting + .2 * draw.uniform());
    }
  }
  const mdp::TabularMdp model = mdp::with_costs(drawn.model().with_expected_rewards(std::move(reward)),
                                                {{.name = "cost 0", .expected = std::move(cost), .by_transition = {}}});
  return {std::make_shared<const online::EpisodicTask>(model, kHorizon),
          {.budgets = {{"cost 0", .3 * kHorizon, false}}, .floor = {}, .baseline = "safest"}};
}

inline online::ConstrainedRun played(const online::ConstrainedTask& task, online::ConstrainedAgent& agent,
                                     Stream stream, std::int64_t episodes) {
  return online::run_constrained(task, agent, stream, {.episodes = episodes});
}

inline online::ConstrainedRun played(const online::ConstrainedTask& task, std::string_view learner,
                                     const std::string& constant, Stream stream, std::int64_t episodes) {
  const auto agent = online::find_constrained(learner).make(world_of(task, episodes), {{"constant", constant}},
                                                            stream.child("learner"));
  return played(task, *agent, stream, episodes);
}

/// The slope of ln y against ln x.
inline double log_slope(const std::vector<double>& x, const std::vector<double>& y) {
  double mx = 0, my = 0, xy = 0, xx = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mx += std::log(x[i]) / static_cast<double>(x.size());
    my += std::log(y[i]) / static_cast<double>(x.size());
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (std::log(x[i]) - mx) * (std::log(y[i]) - my);
    xx += (std::log(x[i]) - mx) * (std::log(x[i]) - mx);
  }
  return xy / xx;
}

}  // namespace bellwether::claims
