#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "core/errors.h"
#include "core/text.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/variants.h"
#include "mdp/instances/registry.h"
#include "mdp/io/formats.h"
#include "solvers/online/trial.h"

namespace bellwether::experiments {
namespace {

std::string family_name(const Entry& entry) { return entry.name.substr(0, entry.name.find('@')); }

void require_version(const Entry& entry) {
  const std::size_t at = entry.name.find('@');
  if (at == std::string::npos) return;
  const std::string name = family_name(entry);
  const int current = instance_version(name);
  if (entry.name.substr(at + 1) != fmt::format("{}", current))
    fail(entry.place, fmt::format("there is no {}; this program has {}@{}", entry.name, name, current));
}

[[noreturn]] void reject_family(const Entry& entry) {
  std::vector<std::string> names;
  for (const mdp::Instance& family : mdp::instance_table()) names.push_back(family.name);
  for (const bandits::Family& family : bandits::family_table()) names.push_back(family.name);
  const std::string hint = did_you_mean(family_name(entry), names);
  fail(entry.place, fmt::format("no instance is named '{}'{}", family_name(entry),
                                hint.empty() ? "; `list instances` names them" : hint));
}

/// The family of models that an entry names, its version checked.
const mdp::Instance& family_of(const Entry& entry) {
  const auto& table = mdp::instance_table();
  const auto found = std::ranges::find(table, family_name(entry), &mdp::Instance::name);
  if (found == table.end()) reject_family(entry);
  require_version(entry);
  return *found;
}

/// Null when the entry names no bandit.
const bandits::Family* bandits_of(const Entry& entry) {
  return entry.file.empty() ? bandits::find_family(family_name(entry)) : nullptr;
}

bool has_option(const std::vector<OptionRow>& options, std::string_view name) {
  return std::ranges::find(options, name, &OptionRow::name) != options.end();
}

mdp::ModelFile read_file(const Entry& entry) {
  try {
    return mdp::read_model(entry.file);
  } catch (const std::invalid_argument& error) {
    if (entry.place.empty()) throw;
    fail(entry.place, error.what());  // the line of the plan that names the file
  }
}

/// Learners meet models whose rows are known and whose states are seen; the others have planners.
void require_plain(const Entry& entry, const mdp::ModelFile& file) {
  if (!file.intervals && !file.observations && file.contexts.empty()) return;
  const std::string_view what = file.intervals ? "intervals" : file.observations ? "observations" : "contexts";
  const std::string_view onward =
      file.intervals ? "`solve` plans for the worst rows in them (docs/guide/robust.md), and a file with one number in "
                       "place of each interval can be learnt"
      : file.observations ? "`solve` with --horizon or --discount plans for it (docs/guide/latent.md)"
                          : "`solve` with --horizon or --discount plans for it (docs/guide/latent.md), and the rows of "
                            "one context in a file of their own, without that column, can be learnt";
  fail(entry.place, fmt::format("{}: learners meet plain models, this one has {}; {}", entry.file, what, onward));
}

/// A file that asks for minimisation is treated as a named instance that does: its negated rewards are maximised.
mdp::NamedInstance read_instance(const Entry& entry) {
  mdp::ModelFile file = read_file(entry);
  require_plain(entry, file);
  return {.model = std::move(file.model),
          .question = {.minimise = file.rewards_are_costs},
          .stages = std::move(file.stages),
          .linear = std::move(file.linear)};
}

constexpr std::int64_t kLongestHorizon = 1'000'000'000;

/// The length of an episode: the stages', the plan's or the instance's own; 0 when nothing says.
int horizon_of(const Entry& entry, const std::string& id, const mdp::NamedInstance& instance,
               const std::optional<std::string>& text) {
  int horizon = 0;
  if (text) {
    const auto value = parse_double(*text);
    if (!value || *value != std::floor(*value) || *value < 1 || *value > kLongestHorizon)
      fail(place_of(entry, "horizon"), fmt::format("{}: horizon is '{}', must be a whole number from 1 to {}", id,
                                                   *text, grouped(kLongestHorizon)));
    horizon = static_cast<int>(*value);
  }
  const auto stages = static_cast<int>(instance.stages.size());
  if (stages > 0 && horizon != 0 && horizon != stages)
    fail(place_of(entry, "horizon"),
         fmt::format("{}: horizon is {}, but the model has {} stages of its own", id, horizon, stages));
  if (stages > 0) return stages;
  return horizon > 0 ? horizon : instance.question.horizon;
}

/// The discount that the plan gives; 0 when it gives none.
double discount_of(const Entry& entry, const std::string& id, const std::optional<std::string>& text) {
  if (!text) return 0;
  const auto value = parse_double(*text);
  if (!value || !(*value > 0) || !(*value < 1))
    fail(place_of(entry, "discount"), fmt::format("{}: discount is '{}', must be above 0 and below 1", id, *text));
  return *value;
}

/// Takes a setting out of the list where the family does not know it.
std::optional<std::string> take(std::vector<Setting>& settings, std::string_view name, bool family_knows_it) {
  const auto found = std::ranges::find(settings, name, &Setting::first);
  if (found == settings.end() || family_knows_it) return std::nullopt;
  std::string value = found->second;
  settings.erase(found);
  return value;
}

constexpr std::array<std::string_view, 3> kConstraintSettings = {"budget", "floor", "baseline"};
using ConstraintTexts = std::array<std::string, kConstraintSettings.size()>;

ConstraintTexts take_constraints(std::vector<Setting>& settings, const std::vector<OptionRow>& options) {
  ConstraintTexts texts;
  for (std::size_t i = 0; i < texts.size(); ++i)
    texts[i] = take(settings, kConstraintSettings[i], has_option(options, kConstraintSettings[i])).value_or("");
  return texts;
}

/// Fills what depends on the model.
void finish(InstanceVariant& variant, const Entry& entry, const std::optional<std::string>& horizon,
            bool family_knows_horizon, const std::optional<std::string>& discount, const ConstraintTexts& constraints) {
  variant.place = entry.place;
  variant.horizon = horizon_of(entry, variant.id, variant.model(), horizon);
  variant.hash = content_hash(variant.model(), variant.horizon);
  variant.long_run_hash = content_hash(variant.model(), 0);
  if (!family_knows_horizon && variant.horizon > 0) {
    variant.settings.emplace_back("horizon", fmt::format("{}", variant.horizon));
    if (horizon) variant.changed.push_back(variant.settings.back());
  }
  variant.discount = discount_of(entry, variant.id, discount);
  const auto add = [&](std::string_view name, const std::string& value, const std::string& like) {
    variant.settings.emplace_back(name, canonical_value(value, like));
    variant.changed.push_back(variant.settings.back());
  };
  if (discount) add("discount", *discount, "0.9");
  try {
    variant.constraints = online::read_constraints(constraints[0], constraints[1], constraints[2]);
    const bool share = std::ranges::any_of(variant.constraints.budgets, &online::ConstraintRequest::Budget::relative);
    if (share && variant.horizon > 0)
      variant.amounts = online::budget_amounts(variant.model(), variant.constraints, variant.horizon);
  } catch (const InvalidOption& error) {
    fail(place_of(entry, error.what()), fmt::format("{}: {}", variant.id, error.what()));
  }
  for (std::size_t i = 0; i < kConstraintSettings.size(); ++i)
    if (!constraints[i].empty()) add(kConstraintSettings[i], constraints[i], "0.5");
  if (!discount) variant.discount = online::own_discount(variant.model()).value_or(0);
}

/// All settings of a family, defaults included.
void add_settings(InstanceVariant& variant, const std::vector<OptionRow>& options,
                  const std::vector<Setting>& settings) {
  for (const OptionRow& option : options) {
    const auto given = std::ranges::find(settings, option.name, &Setting::first);
    variant.settings.emplace_back(
        option.name, canonical_value(given == settings.end() ? option.value : given->second, option.value));
    if (variant.settings.back().second != canonical_value(option.value, option.value))
      variant.changed.push_back(variant.settings.back());
  }
}

InstanceVariant bandit_variant(const Entry& entry, const bandits::Family& family,
                               const std::vector<Setting>& settings) {
  InstanceVariant variant{.id = fmt::format("{}@{}", family.name, instance_version(family.name)), .place = entry.place};
  try {
    variant.subject = family.make(settings);
  } catch (const std::invalid_argument& error) {
    fail(place_of(entry, error.what()), error.what());
  }
  variant.hash = variant.long_run_hash = content_hash(*variant.bandit()->bandit);
  add_settings(variant, family.rows(), settings);
  return variant;
}

InstanceVariant named_variant(const Entry& entry, const mdp::Instance& family, std::vector<Setting> settings) {
  const std::vector<OptionRow> options = family.options();
  const bool knows_horizon = has_option(options, "horizon");
  const std::optional<std::string> horizon = take(settings, "horizon", knows_horizon);
  const std::optional<std::string> discount = take(settings, "discount", has_option(options, "discount"));
  const ConstraintTexts constraints = take_constraints(settings, options);
  std::optional<mdp::NamedInstance> instance;
  try {
    instance = family.make(settings);
  } catch (const std::invalid_argument& error) {
    fail(place_of(entry, error.what()), error.what());
  }
  InstanceVariant variant{.id = fmt::format("{}@{}", family.name, instance_version(family.name)),
                          .subject = std::move(*instance)};
  add_settings(variant, options, settings);
  finish(variant, entry, horizon, knows_horizon, discount, constraints);
  return variant;
}

/// No learner meets both.
void require_one_kind(const std::vector<InstanceVariant>& variants) {
  const auto is_bandit = [](const InstanceVariant& variant) { return variant.bandit() != nullptr; };
  const auto bandit = std::ranges::find_if(variants, is_bandit);
  const auto model = std::ranges::find_if_not(variants, is_bandit);
  if (bandit == variants.end() || model == variants.end()) return;
  fail(bandit->place,
       fmt::format("{} is a bandit and {} a model: no learner meets both, run them apart", bandit->id, model->id));
}

}  // namespace

bool is_bandit(const Entry& entry) { return bandits_of(entry) != nullptr; }

Entry without_size(Entry entry) {
  if (!entry.file.empty()) return entry;
  const bandits::Family* bandits = bandits_of(entry);
  const std::string size_option = bandits != nullptr ? bandits->size_option : family_of(entry).size_option;
  const std::vector<OptionRow> options = bandits != nullptr ? bandits->rows() : family_of(entry).options();
  if (size_option.empty() || has_option(options, "size")) return entry;
  for (Choices& choices : entry.settings)
    if (choices.name == "size") choices.name = size_option;
  return entry;
}

std::vector<std::string> instance_setting_names(const Entry& entry) {
  std::vector<std::string> names;
  if (const bandits::Family* bandits = bandits_of(entry)) {
    for (const OptionRow& option : bandits->rows()) names.push_back(option.name);
    return names;
  }
  if (entry.file.empty())
    for (const OptionRow& option : family_of(entry).options()) names.push_back(option.name);
  for (const std::string_view name : {"horizon", "discount", "budget", "floor", "baseline"})
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  return names;
}

InstanceVariant instance_variant(const Entry& entry) {
  const Entry full = without_size(entry);
  for (const Choices& choices : full.settings)
    if (choices.values.size() != 1)
      fail(choices.place.empty() ? full.place : choices.place,
           fmt::format("{}: '{}' has {} values, one is wanted here", full.name, choices.name, choices.values.size()));
  return std::move(instance_variants({full}).front());
}

std::vector<InstanceVariant> instance_variants(const std::vector<Entry>& entries) {
  std::vector<InstanceVariant> variants;
  for (const Entry& entry : entries) {
    require_known(entry, instance_setting_names(entry));
    if (const bandits::Family* bandits = bandits_of(entry)) {
      require_version(entry);
      for (const auto& settings : combinations(entry.settings))
        variants.push_back(bandit_variant(entry, *bandits, settings));
      continue;
    }
    if (entry.file.empty()) {
      const mdp::Instance& family = family_of(entry);
      for (auto& settings : combinations(entry.settings))
        variants.push_back(named_variant(entry, family, std::move(settings)));
      continue;
    }
    const mdp::NamedInstance instance = read_instance(entry);
    for (auto& settings : combinations(entry.settings)) {
      InstanceVariant variant{.id = entry.name, .subject = instance};
      const std::optional<std::string> horizon = take(settings, "horizon", false);
      const std::optional<std::string> discount = take(settings, "discount", false);
      finish(variant, entry, horizon, false, discount, take_constraints(settings, {}));
      variants.push_back(std::move(variant));
    }
  }
  require_one_kind(variants);
  return variants;
}

}  // namespace bellwether::experiments
