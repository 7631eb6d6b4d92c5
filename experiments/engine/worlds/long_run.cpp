#include <fmt/format.h>

#include "experiments/engine/worlds/model_worlds.h"
#include "solvers/online/average/run.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

/// One endless run.
class LongRun : public ModelWorld<online::AverageLearner, online::average_table> {
 public:
  std::string_view does() const override { return "plays the long run"; }

  void try_settings(const LearnerRow& row, const std::vector<Setting>& settings) const override {
    static const online::Arena arena(small_model(), Protocol::kAverage);
    const online::AverageTask& task = *arena.average();
    (void)find(row.info.name)->make(task, world_of(task, kSmallLength), settings, Stream(0));
  }

  void require(const InstanceVariant&, const LearnerVariant&) const override {}

  std::string key_of_instance(const InstanceVariant& instance) const override {
    return fmt::format("instance {}\nhorizon 0\n", instance.long_run_hash);
  }
  std::string key_of_question(const Plan&, const InstanceVariant& instance) const override {
    return minimise_line(instance);
  }

  std::unique_ptr<const Arena> prepare(const InstanceVariant& instance) const override {
    return std::make_unique<ModelArena>(online::Arena(instance.model(), Protocol::kAverage));
  }
};

}  // namespace

const World& worlds_table::long_run() {
  static const LongRun world;
  return world;
}

}  // namespace bellwether::experiments
