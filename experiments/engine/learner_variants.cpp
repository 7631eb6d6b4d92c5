#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/checkpoints.h"
#include "core/errors.h"
#include "core/text.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/variants.h"
#include "mdp/instances/registry.h"
#include "solvers/online/average/run.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/generative/run.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::experiments {
namespace {

constexpr std::int64_t kEpisodes = 1000, kSteps = 100'000, kSamples = 10'000;  // when the plan does not say

bool in_table(const auto& table, std::string_view name) {
  return std::ranges::find(table, name, [](const auto& row) { return row.name; }) != table.end();
}

bool plays_episodes(std::string_view name) { return in_table(online::episodic_table(), name); }
bool plays_on(std::string_view name) { return in_table(online::average_table(), name); }
bool takes_samples(std::string_view name) { return in_table(online::generative_table(), name); }

bool keeps_to_limits(std::string_view name) { return in_table(online::constrained_table(), name); }

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

/// What one of the tables says of a learner.
struct Row {
  LearnerInfo info;
  std::vector<OptionRow> options;
  std::string length_name() const { return std::string(bellwether::length_name(info.protocol)); }
};

Row row_of(const Plan& plan, const Entry& entry) {
  try {
    (void)online::protocol_of(entry.name);
  } catch (const InvalidOption& error) {
    fail(entry.place, error.what());
  }
  if (takes_samples(entry.name)) {
    const Choices* said = find_choices(entry, "protocol");
    if (said != nullptr && said->values != std::vector<std::string>{"generative"})
      fail(said->place, fmt::format("{}: protocol must be generative", entry.name));
    const online::GenerativeLearner& learner = online::find_generative(entry.name);
    return {learner, learner.options()};
  }
  if (keeps_to_limits(entry.name)) {
    const Choices* said = find_choices(entry, "protocol");
    if (said != nullptr && said->values != std::vector<std::string>{"constrained"})
      fail(said->place, fmt::format("{}: protocol must be constrained", entry.name));
    const online::ConstrainedLearner& learner = online::find_constrained(entry.name);
    return {learner, learner.options()};
  }
  if (is_for_long_run(plan, entry)) {
    const online::AverageLearner& learner = online::find_average(entry.name);
    return {learner, learner.options()};
  }
  const online::EpisodicLearner& learner = online::find_episodic(entry.name);
  return {learner, learner.options()};
}

/// Makes the learner once, in a world of two states, for the sake of the messages about its settings.
void try_settings(const Row& row, const std::vector<Setting>& settings) {
  constexpr int kHorizon = 2;
  constexpr std::int64_t kLength = 100;
  static const mdp::NamedInstance small = mdp::make_instance("riverswim", {{"states", "2"}});
  static const online::Arena episodic(small, Protocol::kEpisodic, kHorizon), average(small, Protocol::kAverage);
  static const online::Arena generative = online::Arena::for_samples(small);
  static const online::Arena constrained =
      online::Arena::with_constraints(small, {.floor = 0.5, .baseline = "uniform"}, kHorizon);
  if (row.info.protocol == Protocol::kConstrained) {
    (void)online::find_constrained(row.info.name)
        .make(world_of(*constrained.constrained(), kLength), settings, Stream(0));
  } else if (row.info.protocol == Protocol::kGenerative) {
    const online::GenerativeTask& task = *generative.generative();
    (void)online::find_generative(row.info.name).make(world_of(task, kLength), settings, Stream(0));
  } else if (row.info.protocol == Protocol::kAverage) {
    const online::AverageTask& task = *average.average();
    (void)online::find_average(row.info.name).make(task, world_of(task, kLength), settings, Stream(0));
  } else {
    const online::EpisodicTask& task = *episodic.episodic();
    (void)online::find_episodic(row.info.name).make(task, world_of(task, kLength), settings, Stream(0));
  }
}

/// Takes a setting that is not the learner's own out of the list.
std::optional<std::string> take(std::vector<Setting>& settings, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Setting::first);
  if (found == settings.end()) return std::nullopt;
  std::string value = found->second;
  settings.erase(found);
  return value;
}

std::int64_t length_of(const Plan& plan, const Entry& entry, const Row& row, const std::optional<std::string>& text) {
  if (!text) {
    if (row.info.protocol == Protocol::kGenerative) return plan.samples > 0 ? plan.samples : kSamples;
    if (row.info.protocol == Protocol::kAverage) return plan.steps > 0 ? plan.steps : kSteps;
    return plan.episodes > 0 ? plan.episodes : kEpisodes;
  }
  const auto value = parse_double(*text);
  if (!value || *value != std::floor(*value) || *value < 1 || *value > 0x1p53)
    fail(place_of(entry, row.length_name()),
         fmt::format("{}: {} is '{}', must be a whole number from 1 on", entry.name, row.length_name(), *text));
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

LearnerVariant variant_of(const Plan& plan, const Entry& entry, const Row& row, std::vector<Setting> settings) {
  (void)take(settings, "protocol");
  const std::optional<std::string> length = take(settings, row.length_name());
  LearnerVariant variant{.name = std::string(row.info.name),
                         .title = std::string(row.info.title),
                         .page = std::string(row.info.page),
                         .protocol = row.info.protocol,
                         .results_version = row.info.results_version,
                         .place = entry.place};
  try {
    try_settings(row, settings);
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
  variant.settings.emplace_back(row.length_name(), fmt::format("{}", variant.length));
  variant.checkpoints = checkpoints_of(plan, variant.length);
  variant.given = std::move(settings);
  return variant;
}

std::string_view what_it_does(Protocol protocol) {
  if (protocol == Protocol::kGenerative) return "takes samples";
  return protocol == Protocol::kAverage ? "plays the long run" : "plays episodes";
}

/// A length of the plan that no learner counts in.
void require_length_used(const Plan& plan, const std::vector<LearnerVariant>& variants, std::int64_t length,
                         std::string_view name) {
  if (length == 0 || std::ranges::any_of(variants, [&](const auto& v) { return length_name(v.protocol) == name; }))
    return;
  const Protocol other = variants.front().protocol;
  fail(plan.place,
       fmt::format("{} are set, but every learner {}; set {}", name, what_it_does(other), length_name(other)));
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
  require_length_used(plan, variants, plan.episodes, "episodes");
  require_length_used(plan, variants, plan.steps, "steps");
  require_length_used(plan, variants, plan.samples, "samples");
  if (!plan.checkpoints.empty() && plan.checkpoints.back() > longest)
    fail(plan.place, fmt::format("checkpoint {} lies beyond the longest run, {}", plan.checkpoints.back(), longest));
}

}  // namespace

std::vector<std::string> learner_setting_names(const Plan& plan, const Entry& entry) {
  const Row row = row_of(plan, entry);
  std::vector<std::string> names;
  for (const OptionRow& option : row.options) names.push_back(option.name);
  names.push_back(row.length_name());
  names.emplace_back("protocol");
  return names;
}

std::vector<LearnerVariant> learner_variants(const Plan& plan, const std::vector<Entry>& entries) {
  std::vector<LearnerVariant> variants;
  for (const Entry& entry : entries) {
    require_known(entry, learner_setting_names(plan, entry));
    const Row row = row_of(plan, entry);
    for (auto& settings : combinations(entry.settings))
      variants.push_back(variant_of(plan, entry, row, std::move(settings)));
  }
  require_used(plan, variants);
  return variants;
}

}  // namespace bellwether::experiments
