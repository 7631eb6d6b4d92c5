#include <fmt/format.h>

#include "experiments/engine/worlds/model_worlds.h"
#include "solvers/online/generative/run.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

/// Samples of any choice on demand.
class Samples : public ModelWorld<online::GenerativeLearner, online::generative_table> {
 public:
  std::string_view does() const override { return "takes samples"; }
  bool needs_discount() const override { return true; }

  void try_settings(const LearnerRow& row, const std::vector<Setting>& settings) const override {
    static const online::Arena arena = online::Arena::for_samples(small_model());
    (void)find(row.info.name)->make(world_of(*arena.generative(), kSmallLength), settings, Stream(0));
  }

  void require(const InstanceVariant& instance, const LearnerVariant& learner) const override {
    require_discount(instance, learner.name);
  }
  std::int64_t steps_of_unit(const InstanceVariant& instance) const override {
    return instance.model().model.num_choices();
  }

  std::string key_of_instance(const InstanceVariant& instance) const override {
    return fmt::format("instance {}\nhorizon 0\n", instance.long_run_hash);
  }
  std::string key_of_question(const Plan&, const InstanceVariant& instance) const override {
    return discount_lines(instance);
  }

  std::unique_ptr<const Arena> prepare(const InstanceVariant& instance) const override {
    return std::make_unique<ModelArena>(online::Arena::for_samples(instance.model(), instance.discount));
  }
};

}  // namespace

const World& worlds_table::samples() {
  static const Samples world;
  return world;
}

}  // namespace bellwether::experiments
