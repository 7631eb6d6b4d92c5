#include "solvers/online/episodic/baselines.h"

namespace bellwether::online {
namespace {

/// Its policy is set once and never changes.
class FixedPlayer final : public EpisodicAgent {
 public:
  using EpisodicAgent::EpisodicAgent;
  void plan(std::int64_t /*episode*/) override {}
  void learn(std::span<const Step> /*steps*/) override {}
};

std::unique_ptr<EpisodicAgent> optimal_player(const EpisodicTask& task, const EpisodicWorld& world,
                                              const std::vector<Setting>& settings, const Stream& /*stream*/) {
  require_none("optimal", settings);
  auto player = std::make_unique<FixedPlayer>(world);
  const auto begin = task.state_begin();
  for (int h = 0; h < task.horizon(); ++h) {
    for (int s = 0; s < task.num_states(); ++s) {
      std::int64_t c = begin[static_cast<std::size_t>(s)];
      while (task.gap(h, c) > 0) ++c;  // the best choice has gap 0 exactly
      player->policy().play(h, s, c);
    }
  }
  return player;
}

std::unique_ptr<EpisodicAgent> uniform_player(const EpisodicTask& /*task*/, const EpisodicWorld& world,
                                              const std::vector<Setting>& settings, const Stream& /*stream*/) {
  require_none("uniform", settings);
  auto player = std::make_unique<FixedPlayer>(world);
  for (int h = 0; h < world.horizon; ++h) {
    for (int s = 0; s < world.num_states(); ++s) {
      const std::int64_t first = world.state_begin[static_cast<std::size_t>(s)];
      const std::int64_t last = world.state_begin[static_cast<std::size_t>(s) + 1];
      for (std::int64_t c = first; c < last; ++c)
        player->policy().play_with(h, c, 1.0 / static_cast<double>(last - first));
    }
  }
  return player;
}

std::vector<OptionRow> no_options() { return {}; }

}  // namespace

std::vector<EpisodicLearner> episodic_baselines() {
  return {{{.name = "optimal",
            .title = "optimal policy",
            .summary = "knows the model and plays an optimal policy: zero regret",
            .page = "exploration-baselines"},
           no_options,
           optimal_player},
          {{.name = "uniform",
            .title = "uniform play",
            .summary = "plays every action with the same probability",
            .page = "exploration-baselines"},
           no_options,
           uniform_player}};
}

}  // namespace bellwether::online
