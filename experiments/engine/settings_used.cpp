#include "experiments/engine/settings_used.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/summary.h"
#include "experiments/engine/world.h"
#include "mdp/instances/registry.h"

namespace bellwether::experiments {
namespace {

bool any_world(const Grid& grid, bool (World::*property)() const) {
  return std::ranges::any_of(grid.learners, [&](const auto& l) { return (world_of(l.protocol).*property)(); });
}

/// Whether the rows of the model depend on a setting of its family: then every learner meets what was asked for.
bool shapes_model(const InstanceVariant& instance, std::string_view setting) {
  const auto& table = mdp::instance_table();
  const std::string_view name = std::string_view(instance.id).substr(0, instance.id.find('@'));
  const auto family = std::ranges::find(table, name, &mdp::Instance::name);
  if (family == table.end()) return false;  // a file
  std::vector<Setting> others;
  for (const OptionRow& option : family->options())
    for (const Setting& changed : instance.changed)
      if (changed.first == option.name && changed.first != setting) others.push_back(changed);
  try {
    return content_hash(family->make(others), 0) != instance.long_run_hash;
  } catch (const std::invalid_argument&) {
    return true;  // the other settings do not even go without it
  }
}

void require_question_used(const Grid& grid, const InstanceVariant& instance, std::string_view setting,
                           std::string_view who, bool (World::*needs)() const) {
  const bool said = std::ranges::find(instance.changed, setting, &Setting::first) != instance.changed.end();
  if (!said || instance.bandit() != nullptr || any_world(grid, needs) || shapes_model(instance, setting)) return;
  const LearnerVariant& learner = grid.learners.front();
  fail(instance.place, fmt::format("{}: {} is set, but no learner here {}: {} {}", instance.label, setting, who,
                                   learner.name, world_of(learner.protocol).does()));
}

void require_limits_used(const Grid& grid, const InstanceVariant& instance) {
  const bool limited = !instance.constraints.empty() || !instance.constraints.baseline.empty();
  if (limited && !any_world(grid, &World::keeps_to_limits))
    fail(instance.place,
         fmt::format("{}: a budget, floor or baseline is set, but no learner here keeps to limits", instance.label));
}

/// Whether sample sizes are read off: along numbers that instances are swept over.
bool reads_sample_sizes(const Grid& grid) {
  const auto is_number = [&](const Axis& axis) {
    for (std::size_t i = 0; i < grid.instances.size(); ++i)
      if (const auto value = grid.value(axis, i, 0); value && parse_double(*value)) return true;
    return false;
  };
  return grid.learners.front().protocol == Protocol::kGenerative &&  // then all of them are
         std::ranges::any_of(grid.axes, [&](const Axis& axis) { return !axis.of_learner && is_number(axis); });
}

void require_epsilon_used(const Grid& grid) {
  const Plan& plan = grid.plan;
  if (!plan.epsilon || reads_sample_sizes(grid)) return;
  const auto looks = [&](const LearnerVariant& learner) {
    if (measures(learner, "mistakes")) return true;
    const auto own = std::ranges::find(learner.given, "epsilon", &Setting::first);
    return stops_itself(learner) && own != learner.given.end() && parse_double(own->second) == plan.epsilon;
  };
  if (std::ranges::none_of(grid.learners, looks))
    fail(plan.place,
         "epsilon is set, but nothing here looks at it: learners of episodes count mistakes by it, those that stop by "
         "themselves may lose it, and sample sizes are read off at it where numbers of instances are swept");
}

/// Slopes are fitted to what grows or falls with the length of a run.
void require_slopes_used(const Grid& grid) {
  const SummaryOptions& asked = grid.plan.summary;
  const bool window = asked.window_from > 0 || asked.window_to > 0;
  if (!window && asked.exponent == SummaryOptions{}.exponent) return;
  const auto has_slope = [&](const LearnerVariant& learner) {
    return !stops_itself(learner) && measures(learner, asked.metric) && !is_level(metric_named(learner, asked.metric));
  };
  if (std::ranges::none_of(grid.learners, has_slope))
    fail(grid.plan.place,
         fmt::format("{} of slopes is set, but no slope is fitted here: not to the length of runs that stop by "
                     "themselves, nor to means and shares",
                     window ? "a window" : "an exponent"));
}

}  // namespace

void require_settings_used(const Grid& grid) {
  for (const InstanceVariant& instance : grid.instances) {
    require_limits_used(grid, instance);
    require_question_used(grid, instance, "horizon", "plays episodes of a given length", &World::needs_horizon);
    require_question_used(grid, instance, "discount", "is of a discounted model", &World::needs_discount);
  }
  require_epsilon_used(grid);
  require_slopes_used(grid);
}

}  // namespace bellwether::experiments
