#include <cmath>

#include <fmt/format.h>

#include "experiments/engine/worlds/model_worlds.h"
#include "mdp/instances/registry.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

/// Episodes of a discounted model, which end by chance.
class Discounted : public ModelWorld<online::DiscountedLearner, online::discounted_table> {
 public:
  std::string_view does() const override { return "plays a discounted model"; }
  bool plays_episodes() const override { return true; }
  bool needs_discount() const override { return true; }

  // With the kernels of a mixture: some settings ask for them.
  void try_settings(const LearnerRow& row, const std::vector<Setting>& settings) const override {
    static const online::Arena arena =
        online::Arena::with_discount(mdp::make_instance("riverswim-mixture", {{"states", "2"}}), 0.5);
    (void)find(row.info.name)->make(*arena.discounted(), kSmallLength, settings);
  }

  void require(const InstanceVariant& instance, const LearnerVariant& learner) const override {
    require_discount(instance, learner.name);
  }
  std::int64_t steps_of_unit(const InstanceVariant& instance) const override {
    return std::llround(1 / (1 - instance.discount));
  }

  std::string key_of_instance(const InstanceVariant& instance) const override {
    return fmt::format("instance {}\nhorizon 0\n", instance.long_run_hash);
  }
  std::string key_of_question(const Plan&, const InstanceVariant& instance) const override {
    return discount_lines(instance);
  }

  std::unique_ptr<const Arena> prepare(const InstanceVariant& instance) const override {
    return std::make_unique<ModelArena>(online::Arena::with_discount(instance.model(), instance.discount));
  }
};

}  // namespace

const World& worlds_table::discounted() {
  static const Discounted world;
  return world;
}

}  // namespace bellwether::experiments
