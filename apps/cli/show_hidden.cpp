#include "apps/cli/show_hidden.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/fact_text.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/formats.h"
#include "mdp/latent/latent_mdp.h"
#include "mdp/latent/registry.h"
#include "solvers/latent/registry.h"

namespace bellwether::cli {
namespace {

constexpr double kLongest = 5;  // seconds, without --all

std::string line(std::string_view name, const std::string& value) { return two_columns(name, value, 28); }

/// The one value of a setting.
std::string value_of(const experiments::Choices& choices) {
  if (choices.values.size() != 1)
    throw InvalidOption(
        fmt::format("show: '{}' has {} values, one is wanted here", choices.name, choices.values.size()));
  return choices.values.front();
}

/// A horizon is a parameter of some instances, and of all questions.
void ask_for(mdp::Question& question, const std::string& horizon) {
  const auto steps = parse_integer(horizon);
  if (!steps || *steps < 1 || *steps > 1'000'000)
    throw InvalidOption(fmt::format("show: horizon is '{}', must be a whole number from 1 to 1,000,000", horizon));
  question = mdp::finite(static_cast<int>(*steps));
}

std::optional<mdp::InstanceFile> made_of(const mdp::FileInstance& family, const experiments::Entry& entry) {
  std::vector<Setting> settings;
  std::optional<std::string> horizon;
  const std::vector<OptionRow> known = family.options();
  const bool has_horizon = std::ranges::find(known, "horizon", &OptionRow::name) != known.end();
  for (const experiments::Choices& choices : entry.settings) {
    if (choices.name == "horizon" && !has_horizon)
      horizon = value_of(choices);
    else
      settings.emplace_back(choices.name, value_of(choices));
  }
  mdp::InstanceFile made = family.make(settings);
  if (horizon) ask_for(made.question, *horizon);
  return made;
}

/// Nothing when all is seen.
std::optional<mdp::InstanceFile> read_of(const experiments::Entry& entry) {
  mdp::InstanceFile made{.file = mdp::read_model(entry.file)};
  if (made.file.contexts.empty() && !made.file.observations) return std::nullopt;
  made.question = mdp::discounted(made.file.model.data().discount.value_or(0));
  for (const experiments::Choices& choices : entry.settings) {
    if (choices.name != "horizon")
      throw InvalidOption(fmt::format("show: {} has no setting '{}'; it has horizon", entry.file, choices.name));
    ask_for(made.question, value_of(choices));
  }
  return made;
}

std::string value_facts(const mdp::InstanceFile& made, bool all) {
  const bool contexts = !made.file.contexts.empty(), finite = made.question.objective == mdp::Objective::kFinite;
  if (!finite && !(made.question.discount > 0)) return "  --horizon H shows what the best policy is worth\n";
  const solvers::LatentProblem problem{
      .model = contexts ? mdp::latent_of(made.file).pomdp() : mdp::pomdp_of(made.file),
      .criterion = finite ? solvers::Criterion::kFinite : solvers::Criterion::kDiscounted,
      .direction = made.file.rewards_are_costs ? solvers::Direction::kMinimise : solvers::Direction::kMaximise,
      .discount = made.question.discount,
      .horizon = made.question.horizon};
  const InterruptGuard guard;
  const auto start = std::chrono::steady_clock::now();
  const auto go_on = [&](const TraceRow&) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return !InterruptGuard::requested() && (all || elapsed.count() < kLongest);
  };
  const solvers::LatentSolution found = solvers::latent_auto(problem, {}, {.tolerance = 1e-4, .observer = go_on});
  const auto number = [](double x) { return fmt::format("{:.6g}", x); };
  std::string out = line(contexts ? "  context always seen" : "  state always seen", number(found.known));
  out += line("  seen after a step", number(found.qmdp)) + line("  seen one step late", number(found.informed));
  const std::string proven = fmt::format("between {:.6g} and {:.6g}", found.lower, found.upper);
  if (found.status == Status::kStoppedByCaller)
    return out + line("  not seen", proven + (all ? ", stopped" : "; --all goes on"));
  return out + line("  not seen", fmt::format("{:.6g}, proven {}", found.value, proven));
}

}  // namespace

bool show_hidden(const experiments::Entry& entry, const HiddenFacts& what) {
  const mdp::FileInstance* family = nullptr;
  if (entry.file.empty()) {
    if (!mdp::is_hidden_instance(entry.name)) return false;
    family = &mdp::find_file_instance(entry.name);
  }
  const std::optional<mdp::InstanceFile> hidden = family != nullptr ? made_of(*family, entry) : read_of(entry);
  if (!hidden) return false;
  const mdp::InstanceFile& made = *hidden;
  std::string out = family != nullptr
                        ? fmt::format("{}: {}\nfrom: {}\n\n", family->name, family->summary, family->source)
                        : fmt::format("{}: a model file\n\n", entry.file);
  out += line("size", size_text(made.file));
  if (family != nullptr) out += line("usually asked", to_text(made.question));
  for (const mdp::KnownFact& fact : made.facts) out += line("known", fact_text(fact));
  out += fmt::format("\nvalue of the best policy, {}\n", to_text(made.question)) + value_facts(made, what.all);
  if (what.matrix) {
    for (std::size_t m = 0; m < made.file.contexts.size(); ++m)
      out += fmt::format("\ncontext {}\n{}", m, transition_table(made.file.contexts[m]));
    if (made.file.contexts.empty()) out += transition_table(made.file.model);
  }
  if (family != nullptr) out += fmt::format("\nparameters: {} make {} --options\n", program_name(), family->name);
  fmt::print("{}", out);
  return true;
}

}  // namespace bellwether::cli
