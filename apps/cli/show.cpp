#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/command.h"
#include "apps/cli/fact_text.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/show_bandit.h"
#include "apps/cli/show_hidden.h"
#include "apps/cli/show_linear.h"
#include "apps/cli/status_line.h"
#include "apps/cli/terminal.h"
#include "bandits/arms/family.h"
#include "bandits/registry.h"
#include "core/errors.h"
#include "core/text.h"
#include "experiments/engine/grid.h"
#include "experiments/engine/plan.h"
#include "experiments/engine/variants.h"
#include "mdp/graph/components.h"
#include "mdp/latent/registry.h"
#include "solvers/abandonable.h"
#include "solvers/exact/average/diameter.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 5> kOptions = {{
    {.name = "horizon", .argument = "H", .help = "also the facts of episodes of H steps", .group = "options"},
    {.name = "matrix", .argument = "", .help = "all transitions: state, action, probabilities, reward"},
    {.name = "set", .argument = "NAME=VALUE", .help = "a setting of the instance; may be repeated", .repeats = true},
    {.name = "all", .argument = "", .help = "also the facts that take long on a large model (Ctrl-C leaves them out)"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

// What is computed without --all: some seconds' work at most.
constexpr std::int64_t kMostStageTransitions = 200'000'000, kMostStageChoices = 20'000'000;
constexpr int kMostStatesForLongRun = 10'000, kMostStatesForDiameter = 1'000;

/// Computes one thing after the other, each on a thread that Ctrl-C leaves behind, with a line that says what takes so
/// long. What is computed must own whatever it touches.
class Work {
 public:
  /// Nothing once somebody has asked to stop.
  template <class Compute>
  auto operator()(std::string_view what, Compute compute) -> std::optional<std::invoke_result_t<Compute>> {
    if (InterruptGuard::requested()) return std::nullopt;
    return solvers::abandonable(std::move(compute), [&] {
      if (line_.due())
        line_.draw(fmt::format("{}, {}", what, duration(line_.elapsed())),
                   {"   Ctrl-C stops and shows what is known so far", "   Ctrl-C stops"});
      return !InterruptGuard::requested();
    });
  }

 private:
  InterruptGuard guard_;
  StatusLine line_;
};

constexpr std::string_view kStopped = "not computed: stopped";

std::string line(std::string_view name, const std::string& value) { return two_columns(name, value, 28); }

std::string exact(double x) { return fmt::format("{:.9g}", x); }

/// What is minimised is a cost; the tasks hold the negated rewards.
std::string optimum_line(std::string_view name, const mdp::NamedInstance& instance, double reward) {
  const bool costs = instance.question.minimise;
  return line(costs ? fmt::format("  least {}", name) : fmt::format("  optimal {}", name),
              exact(costs ? -reward : reward));
}

std::string left_out(std::string_view why) { return fmt::format("  not computed: {}; --all computes them\n", why); }

std::string episodic_facts(const mdp::NamedInstance& instance, int horizon) {
  const online::Arena arena(instance, Protocol::kEpisodic, horizon);
  const online::EpisodicTask& task = *arena.episodic();
  std::string out = optimum_line(instance.question.minimise ? "cost" : "value", instance, task.optimum());
  out += line("  smallest positive gap",
              std::isfinite(task.smallest_gap()) ? exact(task.smallest_gap()) : "none: every choice is optimal");
  double largest = 0;
  for (int h = 0; h < task.horizon(); ++h)
    for (std::int64_t c = 0; c < task.num_choices(); ++c) largest = std::max(largest, task.gap(h, c));
  out += line("  largest gap", exact(largest));
  return out;
}

std::string episodes(const mdp::NamedInstance& instance, int horizon, bool all, Work& work) {
  std::string out = fmt::format("\nepisodes of {} steps\n", grouped(horizon));
  const mdp::TabularMdp& model = instance.model;
  const bool few = model.num_transitions() <= kMostStageTransitions / horizon &&
                   model.num_choices() + model.num_states() <= kMostStageChoices / horizon;
  if (!all && !few) return out + left_out(fmt::format("{} stages of this model are many", grouped(horizon)));
  const auto facts = work("values of all stages", [instance, horizon] { return episodic_facts(instance, horizon); });
  return out + facts.value_or(fmt::format("  {}\n", kStopped));
}

std::string diameter_text(const mdp::TabularMdp& model, bool all, Work& work) {
  if (!all && model.num_states() > kMostStatesForDiameter)
    return fmt::format("not computed beyond {} states; --all computes it", grouped(kMostStatesForDiameter));
  if (model.num_states() > solvers::kMostStatesForDiameter)
    return fmt::format("cannot be computed beyond {} states", grouped(solvers::kMostStatesForDiameter));
  const auto diameter = work("diameter", [model] { return solvers::diameter(model, 1e-9); });
  if (!diameter) return std::string(kStopped);
  if (std::isinf(diameter->upper)) return "infinite: some state cannot surely be reached from another";
  if (diameter->from < 0) return "0: there is nowhere else to go";
  return fmt::format("{} (from state {} to state {})", exact(0.5 * (diameter->lower + diameter->upper)),
                     model.state_name(diameter->from), model.state_name(diameter->to));
}

std::string gain_facts(const mdp::NamedInstance& instance) {
  const online::Arena arena(instance, Protocol::kAverage);
  const online::AverageTask& task = *arena.average();
  double smallest = std::numeric_limits<double>::infinity();
  for (std::int64_t c = 0; c < task.num_choices(); ++c)
    if (task.gap(c) > 1e-10 * (1 + task.bias_span())) smallest = std::min(smallest, task.gap(c));
  return optimum_line(instance.question.minimise ? "cost a step" : "gain", instance, task.gain()) +
         line("  span of the bias", exact(task.bias_span())) +
         line("  smallest positive gap", std::isfinite(smallest) ? exact(smallest) : "none");
}

std::string long_run(const mdp::NamedInstance& instance, bool all, Work& work) {
  const mdp::TabularMdp& model = instance.model;
  std::string out = "\nthe long run\n";
  const auto parts = work("strongly connected parts",
                          [model] { return std::int64_t{mdp::strongly_connected_components(model).count()}; });
  if (!parts) return out + fmt::format("  {}\n", kStopped);
  if (*parts > 1) return out + "  no single gain: some states cannot be reached from others\n";
  if (!all && model.num_states() > kMostStatesForLongRun)
    return out + left_out(fmt::format("the model has more than {} states", grouped(kMostStatesForLongRun)));
  const auto facts = work("gain and bias", [instance] { return gain_facts(instance); });
  if (!facts) return out + fmt::format("  {}\n", kStopped);
  return out + *facts + line("  diameter", diameter_text(model, all, work));
}

/// What was typed, with what the options say on top.
experiments::Entry entry_of(const Arguments& arguments) {
  experiments::Entry entry = experiments::parse_entry(arguments.positionals().front());
  const auto add = [&](const std::string& name, const std::string& value) {
    entry.settings.push_back({.name = name, .values = {value}});
  };
  if (const auto horizon = arguments.text("horizon")) add("horizon", *horizon);
  for (const std::string& typed : arguments.texts("set")) {
    const Setting setting = parse_setting("set", typed);
    add(setting.first, setting.second);
  }
  return entry;
}

std::string linear(const mdp::NamedInstance& instance, bool all, Work& work) {
  if (!all && !linear_facts_are_cheap(instance)) return "\nlinear model\n" + left_out("its features are many and long");
  const auto facts = work("least squares on the features", [instance] { return linear_facts(instance); });
  return facts.value_or(fmt::format("\nlinear model\n  {}\n", kStopped));
}

std::string heading(const experiments::InstanceVariant& variant, const mdp::Instance* family) {
  const mdp::NamedInstance& instance = variant.model();
  std::string out = family != nullptr ? fmt::format("{}: {}\nfrom: {}\n\n", variant.id, family->summary, family->source)
                                      : fmt::format("{}: a model file\n\n", variant.id);
  out += line("size", size_text(instance.model));
  if (family != nullptr) out += line("usually asked", to_text(instance.question));
  if (family == nullptr && instance.question.minimise) out += line("rewards", "are costs, to be minimised");
  if (family == nullptr && variant.discount > 0) out += line("discount", exact(variant.discount));
  out += line("content hash", variant.hash);
  for (const mdp::KnownFact& fact : instance.facts) out += line("known", fact_text(fact));
  return out;
}

/// The family of an entry that names no file where one is needed; null when there is nothing missing.
const bandits::Family* needs_file(const experiments::Entry& entry) {
  const bandits::Family* family = entry.settings.empty() ? bandits::find_family(entry.name) : nullptr;
  if (family == nullptr) return nullptr;
  const auto rows = family->rows();
  const auto file = std::ranges::find(rows, "file", &OptionRow::name);
  return file != rows.end() && file->value.empty() ? family : nullptr;
}

int show_instance(const Arguments& arguments) {
  const experiments::Entry entry = entry_of(arguments);
  if (show_hidden(entry, {.all = arguments.has("all"), .matrix = arguments.has("matrix")})) return kSuccess;
  if (const bandits::Family* file_of_yours = needs_file(entry)) {
    fmt::print("{}\nnext: {} show {}:file=YOURS.csv\n", family_text(*file_of_yours), program_name(),
               file_of_yours->name);
    return kSuccess;
  }
  Work work;
  const bool all = arguments.has("all");
  const auto made = work("the model", [entry] { return experiments::instance_variant(entry); });
  if (!made) {
    fmt::print(stderr, "stopped before the model was there\n");
    return kNotMet;
  }
  if (made->bandit() != nullptr) {
    for (const std::string_view option : {"horizon", "matrix"})
      if (arguments.has(option))
        throw InvalidOption(fmt::format("show: --{} is for models, and {} is a bandit", option, made->id));
    fmt::print("{}", bandit_text(*made));
    return kSuccess;
  }
  const mdp::Instance* family =
      entry.file.empty() ? &mdp::find_instance(made->id.substr(0, made->id.find('@'))) : nullptr;
  std::string out = heading(*made, family);
  if (made->horizon > 0) out += episodes(made->model(), made->horizon, all, work);
  if (made->model().stages.empty()) out += long_run(made->model(), all, work);
  if (!made->model().linear.empty()) out += linear(made->model(), all, work);
  if (arguments.has("matrix")) out += transition_table(made->model().model);
  if (family != nullptr) out += fmt::format("\nparameters: {} make {} --options\n", program_name(), family->name);
  fmt::print("{}", out);
  return kSuccess;
}

std::string settings_text(const std::vector<OptionRow>& options) {
  std::string out = options.empty() ? "" : "\nsettings, with what they are unless you say otherwise:\n";
  for (const OptionRow& option : options)
    out += two_columns(fmt::format("{}={}", option.name, option.value),
                       option.rule.empty() ? option.help : fmt::format("{} ({})", option.help, option.rule), 28);
  return out;
}

/// What the letters of an index stand for.
std::string letters_line(std::string_view index) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kLetters = {
      {{"m", "mean reward of the arm so far"},
       {"N", "its plays so far"},
       {"n", "rounds so far"},
       {"t", "the round"},
       {"T", "all rounds"},
       {"K", "arms"},
       {"V", "variance of its rewards so far"},
       {"sigma", "how far rewards spread: sigma-sub-Gaussian"}}};
  std::vector<std::string> told;
  const auto is_letter = [&](std::size_t at) {
    return at < index.size() && (std::isalnum(static_cast<unsigned char>(index[at])) != 0 || index[at] == '_');
  };
  for (const auto& [letter, meaning] : kLetters)
    for (std::size_t at = index.find(letter); at != std::string_view::npos; at = index.find(letter, at + 1)) {
      if ((at > 0 && is_letter(at - 1)) || is_letter(at + letter.size())) continue;
      told.push_back(fmt::format("{}: {}", letter, meaning));
      break;
    }
  return told.empty() ? std::string() : line("  where", fmt::format("{}", fmt::join(told, "; ")));
}

template <class Row>
void show_learner(const Row& row, const Arguments& arguments) {
  for (const std::string_view name : {"horizon", "matrix", "set", "all"})
    if (arguments.has(name))
      throw InvalidOption(fmt::format("show: --{} is for instances, and {} is a learner", name, row.name));
  std::string out = fmt::format("{}: {}\n{}\n\n", row.name, row.title, row.summary);
  out += line("protocol", std::string(to_string(row.protocol)));
  out += line("page", fmt::format("docs/papers/{}.md", row.page));
  if constexpr (requires { row.index; })
    if (!row.index.empty()) out += line("plays", std::string(row.index)) + letters_line(row.index);
  if (row.practical != 1) out += line("practical constant", fmt::format("{:g}", row.practical));
  out += settings_text(row.options());
  const std::string_view length = length_name(row.protocol);
  const std::string task = row.protocol == Protocol::kConstrained  ? "courier --horizon 12 --budget damage=40%"
                           : row.protocol == Protocol::kDiscounted ? "riverswim --discount 0.9"
                           : length == "rounds"                    ? playground(row.name)
                           : length == "episodes"                  ? "riverswim --horizon 20"
                                                                   : "riverswim";
  out += fmt::format("\nnext: {} run {} --algorithm {}\n", program_name(), task, row.name);
  fmt::print("{}", out);
}

/// A word that is neither a file nor begins with the name of an instance.
void require_instance(const experiments::Entry& entry) {
  if (!entry.file.empty()) return;
  const std::string family = entry.name.substr(0, entry.name.find('@'));
  std::vector<std::string> known;
  for (const auto& row : mdp::file_instance_table()) known.push_back(row.name);
  for (const auto& row : bandits::family_table()) known.push_back(row.name);
  if (std::ranges::find(known, family) != known.end()) return;
  for (const auto& row : online::episodic_table()) known.emplace_back(row.name);
  for (const auto& row : online::average_table()) known.emplace_back(row.name);
  for (const auto& row : online::constrained_table()) known.emplace_back(row.name);
  for (const auto& row : online::discounted_table()) known.emplace_back(row.name);
  for (const auto& row : online::generative_table()) known.emplace_back(row.name);
  for (const auto& row : bandits::learner_table()) known.emplace_back(row.name);
  const std::string hint = did_you_mean(family, known);
  throw InvalidOption(fmt::format("show: '{}' is neither an instance nor a learner nor a file{}", entry.name,
                                  hint.empty() ? "; `list instances` and `list learners` name what there is" : hint));
}

int run(const Arguments& arguments) {
  if (arguments.positionals().empty())
    throw InvalidOption(
        "show: what? An instance, a model file or a learner; `list instances` and `list learners` name them");
  const std::string& name = arguments.positionals().front();
  // A few names stand for a learner of models and for one of bandits.
  bool shown = false;
  const auto show_from = [&](const auto& table) {
    for (const auto& row : table) {
      if (row.name != name) continue;
      if (shown) fmt::print("\n");
      show_learner(row, arguments);
      shown = true;
      return;
    }
  };
  show_from(online::episodic_table());
  if (!shown) show_from(online::average_table());
  show_from(online::constrained_table());
  show_from(online::discounted_table());
  show_from(online::generative_table());
  show_from(bandits::learner_table());
  if (shown) return kSuccess;
  require_instance(experiments::parse_entry(name));
  return show_instance(arguments);
}

}  // namespace

const Command kShow = {
    .name = "show",
    .usage = "INSTANCE|FILE|LEARNER [options]",
    .summary = "facts of an instance (values, gaps, span, diameter) or the settings of a learner",
    .details =
        "Of an instance: its stable id and content hash, what is known about it, optimal value and gaps of episodes, "
        "gain, bias span and diameter of the long run, all computed; what would take long is left out and said so; of "
        "one with hidden contexts or states what the best policy is worth "
        "and what seeing them would be worth; of a linear model dimension, rank, norms and how far it is from linear. "
        "An "
        "instance is written as for `run`: a name, with settings (riverswim:states=8), or a model file. Of a learner: "
        "its paper, page and settings.",
    .examples =
        "show riverswim --horizon 20\nshow riverswim:states=4 --matrix\nshow lake.csv:horizon=30\nshow ucbvi-bf",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "@instances",
    .run = run,
};

}  // namespace bellwether::cli
