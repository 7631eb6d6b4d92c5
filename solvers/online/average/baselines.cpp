#include "solvers/online/average/baselines.h"

namespace bellwether::online {
namespace {

/// Its one epoch lasts for ever.
class FixedPlayer final : public AverageAgent {
 public:
  using AverageAgent::AverageAgent;
  void plan(std::int64_t /*step*/, int /*state*/) override {}
  void learn(std::span<const AverageStep> /*steps*/) override {}
};

std::unique_ptr<AverageAgent> optimal_player(const AverageTask& task, const AverageWorld& world,
                                             const std::vector<Setting>& settings, const Stream& /*stream*/) {
  require_none("optimal", settings);
  auto player = std::make_unique<FixedPlayer>(world);
  for (int s = 0; s < task.num_states(); ++s) {
    const std::int64_t last = world.state_begin[static_cast<std::size_t>(s) + 1];
    std::int64_t best = world.state_begin[static_cast<std::size_t>(s)];
    for (std::int64_t c = best + 1; c < last; ++c)
      if (task.gap(c) < task.gap(best)) best = c;
    player->epoch().choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(best);
  }
  return player;
}

std::unique_ptr<AverageAgent> uniform_player(const AverageTask& /*task*/, const AverageWorld& world,
                                             const std::vector<Setting>& settings, const Stream& /*stream*/) {
  require_none("uniform", settings);
  auto player = std::make_unique<FixedPlayer>(world);
  for (int s = 0; s < world.num_states(); ++s) {
    const std::int64_t first = world.state_begin[static_cast<std::size_t>(s)];
    const std::int64_t last = world.state_begin[static_cast<std::size_t>(s) + 1];
    for (std::int64_t c = first; c < last; ++c)
      player->epoch().probability.push_back(1.0 / static_cast<double>(last - first));
  }
  return player;
}

std::vector<OptionRow> no_options() { return {}; }

}  // namespace

std::vector<AverageLearner> average_baselines() {
  return {{{.name = "optimal",
            .title = "optimal policy",
            .summary = "knows the model and plays a gain-optimal policy",
            .page = "exploration-baselines",
            .protocol = Protocol::kAverage},
           no_options,
           optimal_player},
          {{.name = "uniform",
            .title = "uniform play",
            .summary = "plays every action with the same probability",
            .page = "exploration-baselines",
            .protocol = Protocol::kAverage},
           no_options,
           uniform_player}};
}

}  // namespace bellwether::online
