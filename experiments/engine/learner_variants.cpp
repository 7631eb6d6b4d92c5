#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "bandits/registry.h"
#include "core/checkpoints.h"
#include "core/errors.h"
#include "core/text.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/variants.h"
#include "experiments/engine/world.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

constexpr std::int64_t kEpisodes = 1000, kSteps = 100'000, kSamples = 10'000, kRounds = 10'000;  // when nothing is said

bool plays_episodes(std::string_view name) { return worlds_table::episodes().knows(name); }
bool plays_on(std::string_view name) { return worlds_table::long_run().knows(name); }

/// Whether the instances are bandits: the names of learners then stand for learners of bandits.
bool plan_is_of_bandits(const Plan& plan) {
  return std::ranges::any_of(plan.instances, [](const Entry& entry) { return is_bandit(entry); });
}

/// The first world of models that has a learner of this name; null when none has.
const World* world_of_name(std::string_view learner) {
  for (const World* world : worlds())
    if (world != &worlds_table::rounds() && world->knows(learner)) return world;
  return nullptr;
}

/// Of a name that stands for a learner of episodes and for one of the long run: what the plan's lengths ask for, else
/// what the other learners are.
bool plan_is_for_long_run(const Plan& plan) {
  if (plan.steps > 0 || plan.episodes > 0) return plan.episodes == 0;
  const auto only = [&](auto&& one, auto&& other) {
    return std::ranges::any_of(plan.learners, [&](const Entry& e) { return one(e.name) && !other(e.name); });
  };
  return only(plays_on, plays_episodes) && !only(plays_episodes, plays_on);
}

const Choices* find_choices(const Entry& entry, std::string_view name) {
  const auto found = std::ranges::find(entry.settings, name, &Choices::name);
  return found == entry.settings.end() ? nullptr : &*found;
}

bool is_for_long_run(const Plan& plan, const Entry& entry) {
  const bool episodes = plays_episodes(entry.name), on = plays_on(entry.name);
  const Choices* said = find_choices(entry, "protocol");
  if (said == nullptr) return on && (!episodes || plan_is_for_long_run(plan));
  std::vector<std::string> allowed;
  if (episodes) allowed.emplace_back("episodic");
  if (on) allowed.emplace_back("average");
  if (said->values.size() != 1 || std::ranges::find(allowed, said->values.front()) == allowed.end())
    fail(said->place, fmt::format("{}: protocol must be {}", entry.name,
                                  allowed.size() == 1 ? allowed.front() : "one of " + join_names(allowed)));
  return said->values.front() == "average";
}

/// Fails unless "protocol", where it is said, is this one.
void require_protocol(const Entry& entry, Protocol protocol) {
  const Choices* said = find_choices(entry, "protocol");
  if (said != nullptr && said->values != std::vector<std::string>{std::string(to_string(protocol))})
    fail(said->place, fmt::format("{}: protocol must be {}", entry.name, to_string(protocol)));
}

[[noreturn]] void reject_bandit_learner(const Entry& entry) {
  if (const World* other = world_of_name(entry.name))
    fail(entry.place, fmt::format("{} {}, and the instances are bandits; `list learners` names who plays those",
                                  entry.name, other->does()));
  try {
    (void)bandits::find_learner(entry.name);
  } catch (const InvalidOption& error) {
    fail(entry.place, error.what());
  }
  fail(entry.place, fmt::format("there is no learner \"{}\"", entry.name));
}

[[noreturn]] void reject_learner(const Entry& entry) {
  if (worlds_table::rounds().knows(entry.name))
    fail(entry.place,
         fmt::format("{} plays bandits, and the instances are models; `list instances` names bandits", entry.name));
  try {
    (void)online::protocol_of(entry.name);
  } catch (const InvalidOption& error) {
    fail(entry.place, error.what());
  }
  fail(entry.place, fmt::format("there is no learner \"{}\"", entry.name));
}

LearnerRow row_of(const Plan& plan, const Entry& entry) {
  if (plan_is_of_bandits(plan)) {
    if (!worlds_table::rounds().knows(entry.name)) reject_bandit_learner(entry);
    const LearnerRow row = worlds_table::rounds().row(entry.name);
    require_protocol(entry, row.info.protocol);
    return row;
  }
  const World* world = world_of_name(entry.name);
  if (world == nullptr) reject_learner(entry);
  if (!plays_episodes(entry.name) && !plays_on(entry.name)) {
    const LearnerRow row = world->row(entry.name);
    require_protocol(entry, row.info.protocol);
    return row;
  }
  return is_for_long_run(plan, entry) ? worlds_table::long_run().row(entry.name)
                                      : worlds_table::episodes().row(entry.name);
}

std::string length_name_of(const LearnerRow& row) { return std::string(length_name(row.info.protocol)); }

/// Takes a setting that is not the learner's own out of the list.
std::optional<std::string> take(std::vector<Setting>& settings, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Setting::first);
  if (found == settings.end()) return std::nullopt;
  std::string value = found->second;
  settings.erase(found);
  return value;
}

/// What the plan says of a length, by its name; 0 when it does not.
std::int64_t planned(const Plan& plan, std::string_view name) {
  if (name == "samples") return plan.samples;
  if (name == "rounds") return plan.rounds;
  return name == "steps" ? plan.steps : plan.episodes;
}

std::int64_t usual(std::string_view name) {
  if (name == "samples") return kSamples;
  if (name == "rounds") return kRounds;
  return name == "steps" ? kSteps : kEpisodes;
}

std::int64_t length_of(const Plan& plan, const Entry& entry, const LearnerRow& row,
                       const std::optional<std::string>& text) {
  const std::string name = length_name_of(row);
  if (!text) return planned(plan, name) > 0 ? planned(plan, name) : usual(name);
  const auto value = parse_double(*text);
  if (!value || *value != std::floor(*value) || *value < 1 || *value > 0x1p53)
    fail(place_of(entry, name),
         fmt::format("{}: {} is '{}', must be a whole number from 1 on", entry.name, name, *text));
  return static_cast<std::int64_t>(*value);
}

std::vector<std::int64_t> checkpoints_of(const Plan& plan, std::int64_t length) {
  if (plan.checkpoints.empty()) return log_checkpoints(length);
  std::vector<std::int64_t> reached;
  for (const std::int64_t at : plan.checkpoints)
    if (at <= length) reached.push_back(at);
  return reached;
}

std::string shown_error(const Entry& entry, std::string_view message) {
  constexpr std::string_view kGeneral = "learner: ";
  if (message.starts_with(kGeneral)) message.remove_prefix(kGeneral.size());
  return message.starts_with(entry.name) ? std::string(message) : fmt::format("{}: {}", entry.name, message);
}

LearnerVariant variant_of(const Plan& plan, const Entry& entry, const LearnerRow& row, std::vector<Setting> settings) {
  (void)take(settings, "protocol");
  const std::optional<std::string> length = take(settings, length_name_of(row));
  LearnerVariant variant{.name = std::string(row.info.name),
                         .title = std::string(row.info.title),
                         .page = std::string(row.info.page),
                         .protocol = row.info.protocol,
                         .results_version = row.info.results_version,
                         .place = entry.place};
  try {
    world_of(row.info.protocol).try_settings(row, settings);
    variant.constant = constant_label(row.info, row.options, settings);
  } catch (const std::invalid_argument& error) {
    fail(place_of(entry, error.what()), shown_error(entry, error.what()));
  }
  for (const OptionRow& option : row.options) {
    const auto given = std::ranges::find(settings, option.name, &Setting::first);
    const std::string& value = given == settings.end() ? option.value : given->second;
    variant.settings.emplace_back(option.name, canonical_value(value, option.value));
    if (option.name == "constant")
      variant.factor = exact_text(Constant(row.info.name, value, row.info.practical).factor());
  }
  variant.length = length_of(plan, entry, row, length);
  variant.settings.emplace_back("protocol", to_string(row.info.protocol));
  variant.settings.emplace_back(length_name_of(row), fmt::format("{}", variant.length));
  variant.checkpoints = checkpoints_of(plan, variant.length);
  variant.given = std::move(settings);
  return variant;
}

/// A length of the plan that no learner counts in.
void require_length_used(const Plan& plan, const std::vector<LearnerVariant>& variants, std::int64_t length,
                         std::string_view name) {
  if (length == 0 || std::ranges::any_of(variants, [&](const auto& v) { return length_name(v.protocol) == name; }))
    return;
  const Protocol other = variants.front().protocol;
  fail(plan.place,
       fmt::format("{} are set, but every learner {}; set {}", name, world_of(other).does(), length_name(other)));
}

/// A length that no learner plays, checkpoints that none reaches: said, but without effect.
void require_used(const Plan& plan, const std::vector<LearnerVariant>& variants) {
  std::int64_t longest = 0;
  for (const LearnerVariant& variant : variants) {
    longest = std::max(longest, variant.length);
    if (variant.checkpoints.empty())
      fail(variant.place.empty() ? plan.place : variant.place,
           fmt::format("{} ends after {} {}, before the first checkpoint", variant.name, variant.length,
                       length_name(variant.protocol)));
  }
  for (const std::string_view name : {"episodes", "steps", "samples", "rounds"})
    require_length_used(plan, variants, planned(plan, name), name);
  if (!plan.checkpoints.empty() && plan.checkpoints.back() > longest)
    fail(plan.place, fmt::format("checkpoint {} lies beyond the longest run, {}", plan.checkpoints.back(), longest));
}

}  // namespace

std::vector<std::string> learner_setting_names(const Plan& plan, const Entry& entry) {
  const LearnerRow row = row_of(plan, entry);
  std::vector<std::string> names;
  for (const OptionRow& option : row.options) names.push_back(option.name);
  names.push_back(length_name_of(row));
  names.emplace_back("protocol");
  return names;
}

bool stops_at_precision(const Plan& plan, const Entry& entry) {
  const LearnerRow row = row_of(plan, entry);
  const bool stops = row.info.protocol == Protocol::kStopping || row.info.protocol == Protocol::kIdentification;
  return stops && std::ranges::find(row.options, "epsilon", &OptionRow::name) != row.options.end();
}

std::vector<LearnerVariant> learner_variants(const Plan& plan, const std::vector<Entry>& entries) {
  std::vector<LearnerVariant> variants;
  for (const Entry& entry : entries) {
    require_known(entry, learner_setting_names(plan, entry));
    const LearnerRow row = row_of(plan, entry);
    for (auto& settings : combinations(entry.settings))
      variants.push_back(variant_of(plan, entry, row, std::move(settings)));
  }
  require_used(plan, variants);
  return variants;
}

}  // namespace bellwether::experiments
