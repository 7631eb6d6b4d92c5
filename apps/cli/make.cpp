#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fact_text.h"
#include "apps/cli/terminal.h"
#include "bandits/arms/family.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/formats.h"
#include "mdp/latent/registry.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 6> kOptions = {{
    {.name = "output",
     .argument = "FILE",
     .help = "where to write the model; the extension tells the format",
     .group = "options",
     .short_name = "o",
     .words = "@files"},
    {.name = "size", .argument = "N", .help = "the instance's size: its states, the side of its grid, ..."},
    {.name = "seed", .argument = "N", .help = "the seed of a random instance"},
    {.name = "format", .argument = "NAME", .help = "write this format, whatever the extension", .words = "@formats"},
    {.name = "options",
     .argument = "",
     .help = "list all parameters of the instance, which are options too, and known facts; then stop"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

/// A parameter as an option: max_move is typed --max-move.
std::string flag(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

int describe_instance(const mdp::FileInstance& instance, const std::vector<Setting>& settings) {
  std::string out = fmt::format("{}: {}\nfrom: {}\n\nparameters, with what they are unless you say otherwise:\n",
                                instance.name, instance.summary, instance.source);
  for (const OptionRow& option : instance.options()) {
    const std::string size = option.name == instance.size_option ? ", also --size" : "";
    out += two_columns(fmt::format("--{} {}", flag(option.name), option.value),
                       fmt::format("{} ({}{})", option.help, option.rule, size), 28);
  }
  const mdp::InstanceFile made = instance.make(settings);
  out += fmt::format("\nwith these parameters: {}; usually asked: {}\n", size_text(made.file), to_text(made.question));
  for (const mdp::KnownFact& fact : made.facts) out += "  " + wrapped(fact_text(fact), 4, 100) + '\n';
  fmt::print("{}", out);
  return kSuccess;
}

std::vector<Setting> settings_of(const mdp::FileInstance& instance, const Arguments& arguments) {
  if (arguments.has("size") && instance.size_option != "size" &&
      arguments.has(flag(std::string(instance.size_option)))) {
    throw InvalidOption(fmt::format("make: --size and --{} are the same parameter; give one", instance.size_option));
  }
  std::vector<Setting> settings;
  for (const char* name : {"size", "seed"}) {
    if (const auto value = arguments.text(name)) settings.emplace_back(name, *value);
  }
  for (const OptionRow& option : instance.options()) {
    const bool done = option.name == "size" || option.name == "seed";
    if (const auto value = arguments.text(flag(option.name)); value && !done)
      settings.emplace_back(option.name, *value);
  }
  return settings;
}

/// InvalidOption unless it is the name of a model.
void require_model(const std::string& name) {
  if (bandits::find_family(name) != nullptr)
    throw InvalidOption(
        fmt::format("make: {} is a bandit and no model of states: `{} run {}` plays it", name, program_name(), name));
  mdp::find_file_instance(name);
}

/// The parameters of the first instance that is named.
std::vector<std::string> parameters_of(const std::vector<std::string>& typed) {
  if (!typed.empty() && !typed.front().starts_with('-')) require_model(typed.front());
  std::vector<std::string> names;
  for (const std::string& word : typed) {
    const auto named = [&](const mdp::FileInstance& instance) { return instance.name == word; };
    const auto found = std::find_if(mdp::file_instance_table().begin(), mdp::file_instance_table().end(), named);
    if (found == mdp::file_instance_table().end()) continue;
    for (const OptionRow& option : found->options()) names.push_back(flag(option.name));
    break;
  }
  return names;
}

/// The options of `solve` that ask what is usually asked of the instance.
std::string usual_question(const mdp::InstanceFile& made) {
  const mdp::Question& question = made.question;
  const std::string minimise = question.minimise ? " --minimize" : "";
  switch (question.objective) {
    case mdp::Objective::kDiscounted:
      return fmt::format(" --discount {}{}", question.discount, minimise);
    case mdp::Objective::kFinite:
      return (made.file.stages.empty() ? fmt::format(" --horizon {}", question.horizon) : std::string()) + minimise;
    case mdp::Objective::kTotal:
      return " --criterion total" + minimise;
    case mdp::Objective::kReach:
      return fmt::format(" --reach {}{}", shell_word(question.target), minimise);
    case mdp::Objective::kAverage:
      return " --criterion average" + minimise;
  }
  return minimise;
}

/// Without its contexts or observations it would be another model: refused, with the formats that have room for them.
void require_place(const mdp::ModelFile& file, const mdp::Format& format, const std::string& path) {
  const bool contexts = !file.contexts.empty(), observations = file.observations.has_value();
  const auto has_place = [&](const mdp::Format& candidate) {
    return (!contexts || candidate.contexts) && (!observations || candidate.observations);
  };
  if (has_place(format)) return;
  std::vector<std::string> names;
  for (const mdp::Format& candidate : mdp::formats()) {
    if (candidate.write != nullptr && has_place(candidate))
      names.push_back(fmt::format("{} ({})", candidate.name, candidate.extensions));
  }
  throw InvalidOption(fmt::format("make: {}: the format {} has no place for {}; it could be written as {}", path,
                                  format.name, contexts ? "hidden contexts" : "observations", join_names(names)));
}

int run(const Arguments& arguments) {
  if (arguments.positionals().empty()) {
    throw InvalidOption(fmt::format("make: which instance? {} list instances shows them", program_name()));
  }
  const mdp::FileInstance& instance = mdp::find_file_instance(arguments.positionals().front());
  const std::vector<Setting> settings = settings_of(instance, arguments);
  if (arguments.has("options")) return describe_instance(instance, settings);
  const auto path = arguments.text("output");
  if (!path) throw InvalidOption(fmt::format("make: where to? Give -o FILE, as in -o {}.csv", instance.name));
  const mdp::Format& format = mdp::find_format(*path, arguments.text("format").value_or(""));
  const mdp::InstanceFile made = instance.make(settings);
  require_place(made.file, format, *path);
  const std::vector<std::string> lost = mdp::write_model(made.file, *path, format.name);
  fmt::print("{}: {}\n", *path, size_text(made.file));
  for (const std::string& thing : lost)
    fmt::print(stderr, "bellwether: not kept, the format has no place for it: {}\n", thing);
  fmt::print("next: {} solve {}{}\n", program_name(), shell_word(*path), usual_question(made));
  return kSuccess;
}

}  // namespace

const Command kMake = {
    .name = "make",
    .usage = "INSTANCE -o FILE [options]",
    .summary = "writes a named instance (frozenlake, garnet, riverswim, ...) to a file",
    .details =
        "Makes a model of a well-known family and writes it to FILE. The same parameters and seed always give the same "
        "model, bit for bit. `list instances` shows the families, `make NAME --options` the parameters of one, each an "
        "option of its own, and what is known about it.",
    .examples =
        "make frozenlake --size 8 -o lake.csv\n"
        "make garnet --size 100000 --actions 5 --successors 8 -o garnet.bwm\n"
        "make riverswim --options",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "@instances",
    .run = run,
    .more_options = parameters_of,
};

}  // namespace bellwether::cli
