#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/content_id.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/worlds/model_worlds.h"
#include "solvers/online/constrained/run.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

/// The cost columns, which no other learner looks at.
std::string costs_of(const mdp::NamedInstance& instance) {
  std::string text;
  const auto add = [&](const mdp::TabularMdp& model) {
    for (const mdp::Column& column : model.data().costs)
      text += fmt::format("cost {} {}\n", column.name, content_id(column.expected.view()));
  };
  if (instance.stages.empty()) add(instance.model);
  for (const mdp::TabularMdp& stage : instance.stages) add(stage);
  return text;
}

/// Episodes with limits on expected costs.
class Limits : public ModelWorld<online::ConstrainedLearner, online::constrained_table> {
 public:
  std::string_view does() const override { return "keeps to limits"; }
  bool plays_episodes() const override { return true; }
  bool needs_horizon() const override { return true; }
  bool keeps_to_limits() const override { return true; }

  void try_settings(const LearnerRow& row, const std::vector<Setting>& settings) const override {
    static const online::Arena arena =
        online::Arena::with_constraints(small_model(), {.floor = 0.5, .baseline = "uniform"}, kSmallHorizon);
    (void)find(row.info.name)->make(world_of(*arena.constrained(), kSmallLength), settings, Stream(0));
  }

  void require(const InstanceVariant& instance, const LearnerVariant& learner) const override {
    require_horizon(instance, learner.name);
    if (instance.constraints.empty())
      fail(instance.place,
           fmt::format("{} keeps to limits, and {} has none; {} (the least value of an episode, as a share of the "
                       "baseline's)",
                       learner.name, instance.label,
                       asked_for(instance, "budget (COLUMN=LIMIT) or floor", "--budget COLUMN=LIMIT or --floor S")));
  }
  std::int64_t steps_of_unit(const InstanceVariant& instance) const override { return instance.horizon; }

  std::string key_of_instance(const InstanceVariant& instance) const override {
    return fmt::format("instance {}\nhorizon {}\n", instance.hash, instance.horizon);
  }
  std::string key_of_question(const Plan& plan, const InstanceVariant& instance) const override {
    std::string key = fmt::format("epsilon {}\n", exact_text(plan.precision())) + minimise_line(instance);
    for (const std::string_view name : {"budget", "floor", "baseline"}) {
      const auto found = std::ranges::find(instance.settings, name, &Setting::first);
      const std::string_view said = found == instance.settings.end() ? std::string_view() : found->second;
      // Shares were once taken of another optimal policy where several tie: what was kept of those is not found again.
      key += fmt::format("{} {}{}\n", name, said, said.find('%') != std::string_view::npos ? " of the cheapest" : "");
    }
    return key + costs_of(instance.model());
  }

  std::unique_ptr<const Arena> prepare(const InstanceVariant& instance) const override {
    return std::make_unique<ModelArena>(
        online::Arena::with_constraints(instance.model(), instance.constraints, instance.horizon));
  }
};

}  // namespace

const World& worlds_table::limits() {
  static const Limits world;
  return world;
}

}  // namespace bellwether::experiments
