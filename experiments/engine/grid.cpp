#include "experiments/engine/grid.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bandits/bandit.h"
#include "core/text.h"
#include "experiments/engine/content_id.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/settings_used.h"
#include "experiments/engine/summary.h"
#include "experiments/engine/variants.h"
#include "experiments/engine/world.h"

namespace bellwether::experiments {
namespace {

/// Of the loop that plays and measures: raised whenever it gives other numbers for the same cell.
constexpr int kPlayVersion = 1;

constexpr const char* kEarned = "mean-reward";

const std::set<std::string_view> kColumns = {"instance", "learner",    "constant", "seed",
                                             "seeds",    "checkpoint", "metric",   "value"};

std::optional<std::string> setting_value(const std::vector<Setting>& settings, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Setting::first);
  if (found == settings.end()) return std::nullopt;
  return found->second;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// Gives what the plan sweeps to the entries that have such a setting and do not set it.
class SweepGiver {
 public:
  explicit SweepGiver(const Plan& plan) : instances(plan.instances), learners(plan.learners) {
    for (Entry& entry : instances) {
      entry = without_size(std::move(entry));
      known_instances_.push_back(instance_setting_names(entry));
    }
    for (const Entry& entry : learners) known_learners_.push_back(learner_setting_names(plan, entry));
    for (const Choices& choices : plan.sweep) give(choices);
    if (plan.epsilon) give_precision(plan, *plan.epsilon);
  }

  std::vector<Entry> instances, learners;

 private:
  void give(const Choices& swept) {
    constexpr std::string_view kInstance = "instance.", kLearner = "learner.";
    Choices choices = swept;
    const bool only_instances = choices.name.starts_with(kInstance), only_learners = choices.name.starts_with(kLearner);
    if (only_instances) choices.name.erase(0, kInstance.size());
    if (only_learners) choices.name.erase(0, kLearner.size());
    const bool instances_have = !only_learners && anyone(known_instances_, choices.name);
    const bool learners_have = !only_instances && anyone(known_learners_, choices.name);
    if (!instances_have && !learners_have) reject(swept, choices.name);
    if (instances_have && learners_have)
      fail(swept.place, fmt::format("instances and learners have a setting '{0}'; write instance.{0} or "
                                    "learner.{0}",
                                    choices.name));
    if (instances_have)
      give_to(instances, known_instances_, choices);
    else
      give_to(learners, known_learners_, choices);
  }

  /// To learners that stop by themselves and were not given their own.
  void give_precision(const Plan& plan, double epsilon) {
    for (Entry& learner : learners)
      if (stops_at_precision(plan, learner) &&
          std::ranges::find(learner.settings, "epsilon", &Choices::name) == learner.settings.end())
        learner.settings.push_back({"epsilon", {exact_text(epsilon)}});
  }

  static bool anyone(const std::vector<std::vector<std::string>>& known, std::string_view name) {
    return std::ranges::any_of(known, [&](const auto& names) { return contains(names, name); });
  }

  [[noreturn]] void reject(const Choices& swept, std::string_view name) const {
    std::set<std::string> all;
    for (const auto* known : {&known_instances_, &known_learners_})
      for (const auto& names : *known) all.insert(names.begin(), names.end());
    const std::vector<std::string> names(all.begin(), all.end());
    const std::string hint = did_you_mean(name, names);
    fail(swept.place, fmt::format("nothing here has a setting '{}'{}", swept.name,
                                  hint.empty() ? "; there are " + join_names(names) : hint));
  }

  static void give_to(std::vector<Entry>& entries, const std::vector<std::vector<std::string>>& known,
                      const Choices& choices) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const bool own =
          std::ranges::find(entries[i].settings, choices.name, &Choices::name) != entries[i].settings.end();
      if (!own && contains(known[i], choices.name)) entries[i].settings.push_back(choices);
    }
  }

  std::vector<std::vector<std::string>> known_instances_, known_learners_;
};

/// The settings that differ between variants of one name, in the order in which they are first seen.
template <class Variant>
std::vector<std::string> differing(const std::vector<Variant>& variants, std::string Variant::*name) {
  std::vector<std::string> order;
  std::map<std::string, std::map<std::string, std::set<std::string>>> values;  // setting, name, values
  for (const Variant& variant : variants) {
    for (const auto& [setting, value] : variant.settings) {
      if (!contains(order, setting)) order.push_back(setting);
      values[setting][variant.*name].insert(value);
    }
  }
  std::erase_if(order, [&](const std::string& setting) {
    return std::ranges::none_of(values[setting], [](const auto& group) { return group.second.size() > 1; });
  });
  return order;
}

/// The columns of tables: what varies, and what of the instances is not as their families have it.
void set_columns(Grid& grid) {
  const std::vector<std::string> varying = differing(grid.instances, &InstanceVariant::id);
  for (const std::string& setting : varying) grid.axes.push_back({.name = setting, .setting = setting});
  for (const std::string& setting : differing(grid.learners, &LearnerVariant::name))
    grid.axes.push_back({.name = setting == "constant" ? "factor" : setting, .setting = setting, .of_learner = true});
  for (const InstanceVariant& instance : grid.instances)
    for (const auto& [setting, value] : instance.changed)
      if (!contains(varying, setting) && std::ranges::find(grid.fixed, setting, &Axis::setting) == grid.fixed.end())
        grid.fixed.push_back({.name = setting, .setting = setting});
  std::map<std::string, int> uses;
  for (const auto* columns : {&grid.axes, &grid.fixed})
    for (const Axis& axis : *columns) ++uses[axis.name];
  for (auto* columns : {&grid.axes, &grid.fixed})
    for (Axis& axis : *columns)
      if (uses[axis.name] > 1 || kColumns.contains(axis.name))
        axis.name = fmt::format("{}.{}", axis.of_learner ? "learner" : "instance", axis.name);
}

std::string with_parts(const std::string& id, const std::vector<std::string>& parts) {
  return parts.empty() ? id : fmt::format("{} ({})", id, fmt::join(parts, ", "));
}

/// "name (first, second)" with the values on the axes that tell the variants of this name apart.
template <class Variant>
std::string label_of(const Variant& variant, const std::string& name, std::vector<std::string> parts,
                     const std::vector<Variant>& siblings, std::string Variant::*group) {
  std::vector<Variant> same;
  for (const Variant& other : siblings)
    if (other.*group == name) same.push_back(other);
  for (const std::string& setting : differing(same, group)) {
    if (setting == "constant") continue;
    if (const auto value = setting_value(variant.settings, setting))
      parts.push_back(fmt::format("{} {}", setting, *value));
  }
  return with_parts(name, parts);
}

/// A list of a hundred means would leave a heading no room; the tables have it in full.
std::string shortened(const std::string& value) {
  constexpr std::size_t kRoom = 40;
  if (value.size() <= kRoom) return value;
  std::size_t end = kRoom;
  const auto inside_a_character = [&] {
    return (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U;
  };  // of UTF-8
  while (end > 0 && inside_a_character()) --end;
  return value.substr(0, end) + "...";
}

void set_names(std::vector<InstanceVariant>& variants) {
  const std::vector<std::string> axes = differing(variants, &InstanceVariant::id);
  for (InstanceVariant& variant : variants) {
    std::vector<InstanceVariant> siblings;
    for (const InstanceVariant& other : variants)
      if (other.id == variant.id) siblings.push_back(other);
    const std::vector<std::string> own_axes = differing(siblings, &InstanceVariant::id);
    std::vector<std::string> all, common;
    for (const Setting& setting : variant.settings) {
      const auto& [name, value] = setting;
      const bool tells_apart = contains(own_axes, name);
      if (!tells_apart && std::ranges::find(variant.changed, setting) == variant.changed.end()) continue;
      all.push_back(fmt::format("{} {}", name, tells_apart ? value : shortened(value)));
      if (!contains(axes, name)) common.push_back(all.back());
    }
    variant.name = with_parts(variant.id, all);
    variant.common_name = with_parts(variant.id, common);
  }
}

void set_labels(Grid& grid) {
  for (InstanceVariant& variant : grid.instances)
    variant.label = label_of(variant, variant.id, {}, grid.instances, &InstanceVariant::id);
  set_names(grid.instances);
  for (LearnerVariant& variant : grid.learners) {
    std::vector<std::string> parts;
    if (!variant.constant.empty()) parts.push_back(variant.constant);
    variant.label = label_of(variant, variant.name, std::move(parts), grid.learners, &LearnerVariant::name);
  }
}

/// Two variants that are the same would share their cells.
template <class Variant>
void require_different(const std::vector<Variant>& variants) {
  std::set<std::string> seen;
  for (const Variant& variant : variants)
    if (!seen.insert(variant.label).second) fail(variant.place, fmt::format("{} is there twice", variant.label));
}

bool takes_samples(const LearnerVariant& learner) { return learner.protocol == Protocol::kGenerative; }

/// Samples and plays have no measure in common.
void require_one_world(const Grid& grid) {
  const auto sampler = std::ranges::find_if(grid.learners, takes_samples);
  const auto player = std::ranges::find_if_not(grid.learners, takes_samples);
  if (sampler == grid.learners.end() || player == grid.learners.end()) return;
  fail(player->place.empty() ? grid.plan.place : player->place,
       fmt::format("{} asks a generative model for samples, {} {}: nothing compares them, run them apart",
                   sampler->name, player->name, world_of(player->protocol).does()));
}

/// Every learner can meet every instance.
void require_meetings(const Grid& grid) {
  for (const LearnerVariant& learner : grid.learners)
    for (const InstanceVariant& instance : grid.instances) world_of(learner.protocol).require(instance, learner);
}

/// Of a log nobody knows the best arm, so there is no regret: what was earned is shown.
void prefer_known_metric(Grid& grid) {
  const auto tells = [](const LearnerVariant& learner) { return measures(learner, kEarned); };
  if (grid.plan.summary.metric == "regret" && std::ranges::all_of(grid.instances, replays_a_log) &&
      std::ranges::all_of(grid.learners, tells))
    grid.plan.summary.metric = kEarned;
}

/// A metric that nobody measures would be noticed when everything has been played.
void require_metric(const Grid& grid) {
  const std::string& metric = grid.plan.summary.metric;
  std::vector<std::string> known = {"regret"};
  for (const LearnerVariant& learner : grid.learners) {
    if (measures(learner, metric)) return;
    for (const std::string& name : metrics_of(learner))
      if (!contains(known, name)) known.push_back(name);
  }
  const std::string hint = did_you_mean(metric, known);
  fail(grid.plan.place, fmt::format("metric: no learner here measures '{}'{}", metric,
                                    hint.empty() ? "; they measure " + join_names(known) : hint));
}

/// Work is counted in 64 bits, and a grid is kept in memory.
void require_countable(const Grid& grid) {
  constexpr double kMostCells = 1e7, kMostSteps = 9e18;
  const double cells = static_cast<double>(grid.instances.size()) * static_cast<double>(grid.learners.size()) *
                       static_cast<double>(grid.num_seeds());
  if (cells > kMostCells)
    fail(grid.plan.place,
         fmt::format("{} instances, {} learners and {} seeds make {:.3g} runs, more than {:.0e}", grid.instances.size(),
                     grid.learners.size(), grouped(static_cast<std::int64_t>(grid.num_seeds())), cells, kMostCells));
  double steps = 0;
  for (const InstanceVariant& instance : grid.instances)
    for (const LearnerVariant& learner : grid.learners) {
      const auto unit = static_cast<double>(world_of(learner.protocol).steps_of_unit(instance));
      steps += unit * static_cast<double>(learner.length) * static_cast<double>(grid.num_seeds());
    }
  if (steps > kMostSteps)
    fail(grid.plan.place,
         fmt::format("the runs are {:.3g} steps together, more than can be counted ({:.0e})", steps, kMostSteps));
}

/// The part of the key that is the same for all seeds.
std::string key_of(const Plan& plan, const InstanceVariant& instance, const LearnerVariant& learner) {
  const World& world = world_of(learner.protocol);
  std::string key =
      fmt::format("play {}\n{}protocol {}\nlearner {} {}\n", kPlayVersion, world.key_of_instance(instance),
                  to_string(learner.protocol), learner.name, learner.results_version);
  for (const auto& [name, value] : learner.settings)
    key += fmt::format("{} {}\n", name, name == "constant" ? learner.factor : value);
  key += fmt::format("checkpoints {}\n", content_id(std::span<const std::int64_t>(learner.checkpoints)));
  key += world.key_of_question(plan, instance);
  key += fmt::format("metrics {}\n", fmt::join(world.metrics(learner.protocol), " "));
  return key + fmt::format("stream {}\n", plan.stream);
}

void fill_cells(Grid& grid) {
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    for (std::size_t l = 0; l < grid.learners.size(); ++l) {
      const std::string key = key_of(grid.plan, grid.instances[i], grid.learners[l]);
      for (const std::uint64_t seed : grid.plan.seeds)
        grid.cells.push_back({.instance = i, .learner = l, .seed = seed, .key = key + fmt::format("seed {}\n", seed)});
    }
  }
}

/// What a plan from C++ may have wrong; a file's reader has looked already.
void require_plan(const Plan& plan) {
  if (plan.instances.empty()) fail(plan.place, "there are no instances");
  if (plan.learners.empty()) fail(plan.place, "there are no learners");
  if (plan.seeds.empty()) fail(plan.place, "there are no seeds");
  if (std::set<std::uint64_t>(plan.seeds.begin(), plan.seeds.end()).size() != plan.seeds.size())
    fail(plan.place, "a seed is there twice");
  if (!(plan.precision() > 0)) fail(plan.place, fmt::format("epsilon is {}, must be above 0", plan.precision()));
  if (plan.episodes < 0 || plan.steps < 0 || plan.samples < 0 || plan.rounds < 0)
    fail(plan.place, "a run has a negative length");
  const bool ascending = std::ranges::adjacent_find(plan.checkpoints, std::greater_equal<>()) == plan.checkpoints.end();
  if (!plan.checkpoints.empty() && (!ascending || plan.checkpoints.front() < 1))
    fail(plan.place, "checkpoints must be whole numbers from 1 on, ascending");
  for (const auto* entries : {&plan.instances, &plan.learners})
    for (const Entry& entry : *entries)
      for (const Choices& choices : entry.settings)
        if (choices.values.empty())
          fail(choices.place, fmt::format("{}: '{}' has no values", entry.name, choices.name));
  require_valid("summary", plan.summary);
}

}  // namespace

std::optional<std::string> Grid::value(const Axis& axis, std::size_t instance, std::size_t learner) const {
  if (!axis.of_learner) return setting_value(instances[instance].settings, axis.setting);
  const auto value = setting_value(learners[learner].settings, axis.setting);
  return value && axis.setting == "constant" ? learners[learner].factor : value;
}

bool replays_a_log(const InstanceVariant& instance) {
  return instance.bandit() != nullptr && instance.bandit()->bandit->world(1).link == bandits::Link::kUnknown;
}

Grid expand(const Plan& plan) {
  require_plan(plan);
  const SweepGiver given(plan);
  Grid grid{.plan = plan};
  grid.instances = instance_variants(given.instances);
  grid.learners = learner_variants(plan, given.learners);
  set_labels(grid);
  require_different(grid.instances);
  require_different(grid.learners);
  require_one_world(grid);
  require_meetings(grid);
  prefer_known_metric(grid);
  require_metric(grid);
  require_countable(grid);
  set_columns(grid);
  require_settings_used(grid);
  fill_cells(grid);
  return grid;
}

}  // namespace bellwether::experiments
