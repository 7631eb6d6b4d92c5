#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/worlds/model_worlds.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

/// Episodes of a fixed horizon, with learners that stop by themselves among the others.
class Episodes : public ModelWorld<online::EpisodicLearner, online::episodic_table> {
 public:
  std::string_view does() const override { return "plays episodes"; }
  bool plays_episodes() const override { return true; }
  bool needs_horizon() const override { return true; }

  void try_settings(const LearnerRow& row, const std::vector<Setting>& settings) const override {
    static const online::Arena arena(small_model(), Protocol::kEpisodic, kSmallHorizon);
    const online::EpisodicTask& task = *arena.episodic();
    (void)find(row.info.name)->make(task, world_of(task, kSmallLength), settings, Stream(0));
  }

  void require(const InstanceVariant& instance, const LearnerVariant& learner) const override {
    require_horizon(instance, learner.name);
  }
  std::int64_t steps_of_unit(const InstanceVariant& instance) const override { return instance.horizon; }

  std::string key_of_instance(const InstanceVariant& instance) const override {
    return fmt::format("instance {}\nhorizon {}\n", instance.hash, instance.horizon);
  }
  std::string key_of_question(const Plan& plan, const InstanceVariant& instance) const override {
    return fmt::format("epsilon {}\n", exact_text(plan.precision())) + minimise_line(instance);
  }

  std::unique_ptr<const Arena> prepare(const InstanceVariant& instance) const override {
    return std::make_unique<ModelArena>(online::Arena(instance.model(), Protocol::kEpisodic, instance.horizon));
  }
};

}  // namespace

const World& worlds_table::episodes() {
  static const Episodes world;
  return world;
}

}  // namespace bellwether::experiments
