#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fact_text.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "experiments/engine/grid.h"
#include "experiments/engine/plan.h"
#include "mdp/graph/components.h"
#include "mdp/instances/registry.h"
#include "solvers/exact/average/diameter.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 4> kOptions = {{
    {.name = "horizon", .argument = "H", .help = "also the facts of episodes of H steps", .group = "options"},
    {.name = "matrix", .argument = "", .help = "all transitions: state, action, probabilities, reward"},
    {.name = "set", .argument = "NAME=VALUE", .help = "a setting of the instance; may be repeated", .repeats = true},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

constexpr int kMostStatesForDiameter = 2000;

std::string line(std::string_view name, const std::string& value) { return two_columns(name, value, 28); }

std::string exact(double x) { return fmt::format("{:.9g}", x); }

/// What is minimised is a cost; the tasks hold the negated rewards.
std::string optimum_line(std::string_view name, const mdp::NamedInstance& instance, double reward) {
  const bool costs = instance.question.minimise;
  return line(costs ? fmt::format("  least {}", name) : fmt::format("  optimal {}", name),
              exact(costs ? -reward : reward));
}

std::string episodic_facts(const mdp::NamedInstance& instance, int horizon) {
  const online::Arena arena(instance, online::Protocol::kEpisodic, horizon);
  const online::EpisodicTask& task = *arena.episodic();
  std::string out = fmt::format("\nepisodes of {} steps\n", task.horizon());
  out += optimum_line(instance.question.minimise ? "cost" : "value", instance, task.optimum());
  out += line("  smallest positive gap",
              std::isfinite(task.smallest_gap()) ? exact(task.smallest_gap()) : "none: every choice is optimal");
  double largest = 0;
  for (int h = 0; h < task.horizon(); ++h)
    for (std::int64_t c = 0; c < task.num_choices(); ++c) largest = std::max(largest, task.gap(h, c));
  out += line("  largest gap", exact(largest));
  return out;
}

std::string diameter_text(const mdp::TabularMdp& model) {
  if (model.num_states() > kMostStatesForDiameter)
    return fmt::format("not computed beyond {} states", grouped(kMostStatesForDiameter));
  const solvers::Diameter diameter = solvers::diameter(model, 1e-9);
  if (std::isinf(diameter.upper)) return "infinite: some state cannot surely be reached from another";
  return fmt::format("{} (from state {} to state {})", exact(0.5 * (diameter.lower + diameter.upper)), diameter.from,
                     diameter.to);
}

std::string long_run_facts(const mdp::NamedInstance& instance) {
  const mdp::TabularMdp& model = instance.model;
  std::string out = "\nthe long run\n";
  if (mdp::strongly_connected_components(model).count() > 1)
    return out + "  no single gain: some states cannot be reached from others\n";
  const online::Arena arena(instance, online::Protocol::kAverage);
  const online::AverageTask& task = *arena.average();
  double smallest = std::numeric_limits<double>::infinity();
  for (std::int64_t c = 0; c < task.num_choices(); ++c)
    if (task.gap(c) > 1e-10 * (1 + task.bias_span())) smallest = std::min(smallest, task.gap(c));
  out += optimum_line(instance.question.minimise ? "cost a step" : "gain", instance, task.gain());
  out += line("  span of the bias", exact(task.bias_span()));
  out += line("  smallest positive gap", std::isfinite(smallest) ? exact(smallest) : "none");
  return out + line("  diameter", diameter_text(model));
}

std::string matrix(const mdp::TabularMdp& model) {
  Table table({"state", "choice", "reward", "goes to"}, {true, true, true, false});
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      std::string row;
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        row += fmt::format("{}{}: {}", row.empty() ? "" : ", ", model.successors(c)[i],
                           exact_text(model.probabilities(c)[i]));
      table.add({std::to_string(s), std::to_string(c - model.first_choice(s)), exact_text(model.reward(c)), row});
    }
  }
  return "\n" + table.text();
}

int show_instance(const mdp::Instance& row, const Arguments& arguments) {
  std::vector<Setting> settings;
  for (const std::string& typed : arguments.texts("set")) settings.push_back(parse_setting("set", typed));
  const mdp::NamedInstance instance = row.make(settings);
  int horizon = instance.question.horizon;
  if (!instance.stages.empty()) horizon = static_cast<int>(instance.stages.size());
  if (const auto typed = arguments.whole_number("horizon", between(1, 1e9))) {
    if (!instance.stages.empty() && *typed != horizon)
      throw InvalidOption(fmt::format("show: {} has {} stages of its own", row.name, horizon));
    horizon = static_cast<int>(*typed);
  }
  const std::string id = fmt::format("{}@{}", row.name, experiments::instance_version(row.name));
  std::string out = fmt::format("{}: {}\nfrom: {}\n\n", id, row.summary, row.source);
  out += line("size", size_text(instance.model));
  out += line("usually asked", to_text(instance.question));
  out += line("content hash", experiments::content_hash(instance, horizon));
  for (const mdp::KnownFact& fact : instance.facts) out += line("known", fact_text(fact));
  if (horizon > 0) out += episodic_facts(instance, horizon);
  if (instance.stages.empty()) out += long_run_facts(instance);
  if (arguments.has("matrix")) out += matrix(instance.model);
  out += fmt::format("\nparameters: {} make {} --options\n", program_name(), row.name);
  fmt::print("{}", out);
  return kSuccess;
}

template <class Row>
int show_learner(const Row& row) {
  std::string out = fmt::format("{}: {}\n{}\n\n", row.name, row.title, row.summary);
  out += line("protocol", std::string(to_string(row.protocol)));
  out += line("page", fmt::format("docs/papers/{}.md", row.page));
  if (row.practical != 1) out += line("practical constant", fmt::format("{:g}", row.practical));
  const auto options = row.options();
  if (!options.empty()) out += "\nsettings, with what they are unless you say otherwise:\n";
  for (const OptionRow& option : options)
    out += two_columns(fmt::format("{}={}", option.name, option.value),
                       option.rule.empty() ? option.help : fmt::format("{} ({})", option.help, option.rule), 28);
  const bool plays_episodes = online::length_name(row.protocol) == "episodes";
  out += fmt::format("\nnext: {} run riverswim {}--algorithm {}\n", program_name(),
                     plays_episodes ? "--horizon 20 " : "", row.name);
  fmt::print("{}", out);
  return kSuccess;
}

int run(const Arguments& arguments) {
  if (arguments.positionals().empty())
    throw InvalidOption("show: what? An instance or a learner; `list instances` and `list learners` name them");
  std::string name = arguments.positionals().front();
  for (const auto& row : online::episodic_table())
    if (row.name == name) return show_learner(row);
  for (const auto& row : online::average_table())
    if (row.name == name) return show_learner(row);
  for (const auto& row : online::generative_table())
    if (row.name == name) return show_learner(row);
  if (const std::size_t at = name.find('@'); at != std::string::npos) {
    const std::string family = name.substr(0, at);
    const int version = experiments::instance_version(mdp::find_instance(family).name);
    if (name.substr(at + 1) != std::to_string(version))
      throw InvalidOption(fmt::format("show: there is no {}; this program has {}@{}", name, family, version));
    name = family;
  }
  std::vector<std::string> known;
  for (const auto& row : mdp::instance_table()) known.push_back(row.name);
  for (const auto& row : online::episodic_table()) known.emplace_back(row.name);
  for (const auto& row : online::average_table()) known.emplace_back(row.name);
  for (const auto& row : online::generative_table()) known.emplace_back(row.name);
  if (std::ranges::find(known, name) == known.end())
    throw InvalidOption(
        fmt::format("show: '{}' is neither an instance nor a learner{}", name, did_you_mean(name, known)));
  return show_instance(mdp::find_instance(name), arguments);
}

}  // namespace

const Command kShow = {
    .name = "show",
    .usage = "INSTANCE|LEARNER [options]",
    .summary = "facts of an instance (values, gaps, span, diameter) or the settings of a learner",
    .details =
        "Of an instance: its stable id and content hash, what is known about it, optimal value and gaps of episodes, "
        "gain, bias span and diameter of the long run, all computed. Of a learner: its paper, page and settings.",
    .examples = "show riverswim --horizon 20\nshow riverswim --matrix\nshow ucbvi-bf",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "@instances",
    .run = run,
};

}  // namespace bellwether::cli
