
#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/experiment_output.h"
#include "apps/cli/experiment_text.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/text.h"
#include "experiments/engine/plan.h"
#include "experiments/engine/words.h"
#include "experiments/engine/world.h"
#include "experiments/figures/curves.h"
#include "experiments/plot/gnuplot.h"
#include "mdp/latent/registry.h"

namespace bellwether::cli {
namespace {

using experiments::Grid;
using experiments::Plan;
using experiments::Results;

constexpr std::array<OptionSpec, 26> kOptions = {{
    {.name = "algorithm",
     .argument = "A,B,...",
     .help = "the learners; one with settings is written psrl:alpha0=1 and given by itself",
     .group = "what to run",
     .repeats = true,
     .short_name = "a",
     .words = "@learners"},
    {.name = "constant",
     .argument = "C1,C2,...",
     .help = "factors on the bonus: theory (default), practical, or numbers; each makes a variant"},
    {.name = "episodes", .argument = "K", .help = "episodes of each run (1e5 is understood; default 1000)"},
    {.name = "steps", .argument = "T", .help = "steps of each run of learners of the long run (default 100000)"},
    {.name = "samples",
     .argument = "N",
     .help = "samples of each choice for learners with a generative model (default 10000)"},
    {.name = "rounds", .argument = "T", .help = "rounds of each run of a bandit (default 10000)"},
    {.name = "horizon", .argument = "H", .help = "steps of an episode, where the instance does not say"},
    {.name = "discount",
     .argument = "G",
     .help = "of a generative model, or of ravi-ucb's, where the instance does not say"},
    {.name = "budget",
     .argument = "COLUMN=D,...",
     .help =
         "the most that an episode may cost: an amount, or 40% of the way from the least to that of the best policy; "
         "several values make a sweep, several columns are joined by +"},
    {.name = "floor",
     .argument = "S",
     .help = "the least value of an episode, as a share of the baseline's (for stepmix and the others with limits)"},
    {.name = "baseline",
     .argument = "B",
     .help = "the policy known to be safe: safest, uniform, or how much of the best policy is in it (0.6)"},
    {.name = "epsilon",
     .argument = "E",
     .help = "an episode that loses more is a mistake; sample sizes are read off at this error; what the answer of "
             "learners that stop by themselves may lose (default 0.1)"},
    {.name = "seeds", .argument = "N", .help = "replicates: seeds 0 to N-1 (default 10); more can be added later"},
    {.name = "set",
     .argument = "NAME=V1,V2,...",
     .help = "a setting of instances or learners; several values make a sweep; may be repeated",
     .repeats = true},
    {.name = "stream", .argument = "N", .help = "root of all randomness (default 1)"},
    {.name = "out",
     .argument = "DIR",
     .help = "where results are kept (default runs/NAME, settings included); a run that was stopped goes on from there",
     .group = "where and how",
     .short_name = "o",
     .words = "@files"},
    {.name = "fresh", .argument = "", .help = "compute everything anew (the old results are kept aside)"},
    {.name = "threads", .argument = "N", .help = "runs at a time (default: all cores); results do not depend on it"},
    {.name = "metric",
     .argument = "NAME",
     .help = "what tables and figures show (default: the regret with the least noise)",
     .group = "what to show"},
    {.name = "window", .argument = "FROM:TO", .help = "checkpoints that slopes are fitted over (default: last decade)"},
    {.name = "exponent", .argument = "E", .help = "the growth that slopes are held against (default 0.5)"},
    {.name = "level", .argument = "P", .help = "confidence level of bands and intervals (default 0.95)"},
    {.name = "plot",
     .argument = "FILE",
     .help = "also draw the first figure here: .svg, .png, .pdf or .gp",
     .words = "@files"},
    {.name = "ascii", .argument = "", .help = "draw the first figure in the terminal"},
    {.name = "no-figures", .argument = "", .help = "no figures in the folder"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool is_plan(const std::string& word) { return std::filesystem::path(word).extension() == ".toml"; }

std::int64_t count_of(const Arguments& arguments, std::string_view name, std::int64_t otherwise) {
  return arguments.whole_number(name, at_least(1)).value_or(otherwise);
}

bool is_learner(const std::string& word) {
  const std::string name = word.substr(0, word.find(':'));
  return std::ranges::any_of(experiments::worlds(), [&](const auto* world) { return world->knows(name); });
}

/// Commas after a setting part its values. A learner among them, after values that are none, was meant as one more.
void refuse_learners_among_values(const std::string& typed) {
  for (std::size_t begin = typed.find('='); begin != std::string::npos; begin = typed.find('=', begin + 1)) {
    const std::size_t end = std::min(typed.find(':', begin), typed.size());
    std::size_t comma = typed.find(',', begin);
    if (comma >= end || is_learner(typed.substr(begin + 1, comma - begin - 1))) continue;
    for (; comma < end; comma = typed.find(',', comma + 1)) {
      const std::string word = typed.substr(comma + 1, std::min(typed.find(',', comma + 1), end) - comma - 1);
      if (!is_learner(word)) continue;
      throw InvalidOption(
          fmt::format("run: option --algorithm is '{0}': '{1}' (character {2}) stands among the values of a setting; a "
                      "learner with settings is given by itself: --algorithm {3} --algorithm {4}",
                      typed, word, comma + 2, typed.substr(0, comma), typed.substr(comma + 1)));
    }
  }
}

void add_learners(Plan& plan, const Arguments& arguments) {
  for (const std::string& typed : arguments.texts("algorithm")) {
    if (typed.find(':') != std::string::npos) {
      refuse_learners_among_values(typed);
      plan.learners.push_back(experiments::parse_entry(typed));
      continue;
    }
    for (const std::string& name : split(typed, ',')) {
      if (name.empty())
        throw InvalidOption(fmt::format("run: option --algorithm is '{}', must be names with commas between", typed));
      plan.learners.push_back(experiments::parse_entry(name));
    }
  }
}

void add_sweep(Plan& plan, std::string name, const std::string& values, std::string_view typed) {
  std::string place = fmt::format("run: option {}", typed);
  plan.sweep.push_back({std::move(name), split(values, ','), std::move(place)});
}

void read_window(Plan& plan, const std::string& text) {
  const std::vector<std::string> ends = split(text, ':');
  const auto from = parse_double(ends.front()), to = parse_double(ends.back());
  if (ends.size() != 2 || !from || !to || !(*from > 0) || !(*to > *from))
    throw InvalidOption(fmt::format("--window is '{}', must be FROM:TO with 0 < FROM < TO, as in 1000:10000", text));
  plan.summary.window_from = *from;
  plan.summary.window_to = *to;
}

/// What the command line says on top of a plan, or of an empty one.
void apply(Plan& plan, const Arguments& arguments) {
  add_learners(plan, arguments);
  if (const auto constants = arguments.text("constant")) add_sweep(plan, "constant", *constants, "--constant");
  if (const auto horizon = arguments.text("horizon")) add_sweep(plan, "horizon", *horizon, "--horizon");
  if (const auto discount = arguments.text("discount")) add_sweep(plan, "discount", *discount, "--discount");
  for (const char* name : {"budget", "floor", "baseline"})
    if (const auto typed = arguments.text(name)) add_sweep(plan, name, *typed, fmt::format("--{}", name));
  for (const std::string& typed : arguments.texts("set")) {
    const Setting setting = parse_setting("set", typed);
    add_sweep(plan, setting.first, setting.second, "--set " + setting.first);
  }
  plan.episodes = count_of(arguments, "episodes", plan.episodes);
  plan.steps = count_of(arguments, "steps", plan.steps);
  plan.samples = count_of(arguments, "samples", plan.samples);
  plan.rounds = count_of(arguments, "rounds", plan.rounds);
  if (const auto epsilon = arguments.number("epsilon", above(0))) plan.epsilon = *epsilon;
  if (const auto seeds = arguments.whole_number("seeds", between(1, 1'000'000)))
    plan.seeds = experiments::first_seeds(static_cast<int>(*seeds));
  if (const auto stream = arguments.whole_number("stream", at_least(0)))
    plan.stream = static_cast<std::uint64_t>(*stream);
  if (const auto metric = arguments.text("metric")) plan.summary.metric = *metric;
  if (const auto window = arguments.text("window")) read_window(plan, *window);
  if (const auto exponent = arguments.number("exponent", between(-10, 10))) plan.summary.exponent = *exponent;
  if (const auto level = arguments.number("level", inside(0, 1))) plan.summary.level = *level;
}

void require_seen(const experiments::Entry& entry) {
  if (!mdp::is_hidden_instance(entry.name)) return;
  throw InvalidOption(
      fmt::format("run: learners meet models whose states are seen, and {0} has hidden contexts or "
                  "states; `{1} make {0} -o FILE` writes it, `{1} solve FILE` plans for it",
                  entry.name, program_name()));
}

Plan plan_of(const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.positionals();
  if (words.empty()) {
    throw InvalidOption(
        fmt::format("run: what? An instance with learners ({} run riverswim --horizon 20 --algorithm "
                    "psrl,ucbvi-bf) or a plan (a .toml file)",
                    program_name()));
  }
  Plan plan;
  if (is_plan(words.front())) {
    if (words.size() > 1) throw InvalidOption("run: one plan at a time");
    plan = experiments::read_plan(words.front()).plan;
  } else {
    for (const std::string& word : words) {
      plan.instances.push_back(experiments::parse_entry(word));
      require_seen(plan.instances.back());
    }
    if (!arguments.has("algorithm"))
      throw InvalidOption(
          fmt::format("run: which learners? --algorithm A,B; `{} list learners` names them", program_name()));
  }
  apply(plan, arguments);
  return plan;
}

std::string folder_of(const Arguments& arguments) {
  if (const auto out = arguments.text("out")) {
    if (out->empty()) throw InvalidOption("run: option --out is empty, must be a folder");
    return *out;
  }
  std::string name;
  for (const std::string& word : arguments.positionals()) {
    const std::size_t colon = std::min(word.find(':'), word.size());
    const std::string stem = std::filesystem::path(word.substr(0, colon)).stem().string();
    // With its settings: bernoulli-arms:means=0.9/0.1 and bernoulli-arms:arms=5 are two experiments.
    name += (name.empty() ? "" : "+") + stem + (colon < word.size() ? "-" : "") +
            experiments::file_name(word.substr(colon));
  }
  constexpr std::size_t kLongest = 200;  // of many instances
  if (name.size() > kLongest) name = experiments::file_name(name);
  return (std::filesystem::path("runs") / name).string();
}

/// What the caller may want next.
void hint(const Grid& grid, const Arguments& arguments) {
  if (grid.num_seeds() >= 10) return;
  fmt::print("more seeds can be added, what is done is kept\nnext: {} run{}\n", program_name(),
             arguments.retyped_with("seeds", "20", "fresh"));
}

/// What --plot and --ascii ask for; false when it could not be drawn, which is told.
bool show_first_figure(const Grid& grid, const Results& results, const Arguments& arguments,
                       std::vector<std::string>& written) {
  const auto figures = experiments::figures(grid, results, grid.plan.summary.metric);
  if (figures.empty()) {
    fmt::print(stderr, "bellwether: nothing was drawn: no learner here has numbers for '{}'\n",
               grid.plan.summary.metric);
    return false;
  }
  const experiments::Figure& first = figures.front().figure;
  if (arguments.has("ascii")) fmt::print("\n{}", experiments::text_figure(first, std::min(terminal_width(), 120), 32));
  const auto plot = arguments.text("plot");
  if (!plot) return true;
  if (!draw_or_say(first, *plot)) return false;
  written.push_back(*plot);
  return true;
}

bool is_inside(const std::string& file, const std::string& folder) {
  const auto absolute = [](const std::string& path) { return std::filesystem::absolute(path).lexically_normal(); };
  return absolute(file).parent_path() == (absolute(folder) / "x").parent_path();
}

/// Refuses --plot and --ascii where it is known before the run that nothing will come of them.
void require_drawable(const Grid& grid, const Arguments& arguments) {
  const auto plot = arguments.text("plot");
  if (const auto why = experiments::nothing_to_draw(grid))
    throw InvalidOption(fmt::format("run: --{}: {}", plot ? "plot" : "ascii", *why));
  if (!plot) return;
  std::error_code told_below;
  const std::string folder = folder_of(arguments);  // which the run would make
  if (is_inside(*plot, folder)) std::filesystem::create_directories(folder, told_below);
  experiments::require_figure_path(*plot);
}

int run(const Arguments& arguments) {
  const Grid grid = experiments::expand(plan_of(arguments));
  const bool shown = arguments.has("plot") || arguments.has("ascii");
  if (shown) require_drawable(grid, arguments);
  const ExperimentRun place{
      .folder = folder_of(arguments),
      .command = fmt::format("{} run {}", program_name(), arguments.retyped()),
      .threads = static_cast<int>(arguments.whole_number("threads", between(1, 1024)).value_or(thread_count())),
      .fresh = arguments.has("fresh"),
      .figures = !arguments.has("no-figures")};
  const InterruptGuard guard;  // what was played to its end is written to its end
  const Results results = play_experiment(grid, place);
  if (!results.complete()) return stopped_early(grid, results);
  fmt::print("{}", experiment_text(grid, results));
  std::vector<std::string> written = write_experiment(grid, results, place).paths;
  const bool drawn = !shown || show_first_figure(grid, results, arguments, written);
  fmt::print("\nwritten: {}\n{} computed, {} found from before\n", join_names(written),
             grouped(results.computed, "run"), grouped(results.found));
  hint(grid, arguments);
  return drawn ? kSuccess : kNotMet;
}

}  // namespace

const Command kRun = {
    .name = "run",
    .usage = "INSTANCE...|PLAN.toml --algorithm A,B [options]",
    .summary = "learners against a model: exact regret or error, with figures",
    .details =
        "Plays learners on an instance (or a model file) and measures their regret exactly, by evaluating what they "
        "play; learners with a generative model by the exact error of their answer. All learners of a seed meet the "
        "same noise. Results are kept in a folder as they come: a run that is "
        "stopped, or killed, goes on with the same command, and more seeds or learners are added to what is there.\n"
        "Writes runs.csv (a row for each learner, seed, checkpoint and metric), summary.csv, manifest.json, figures "
        "and report.html. An instance with settings is written riverswim:states=8:horizon=20; several values make a "
        "sweep.\n"
        "The constant of a bonus is the theorem's unless --constant says otherwise; legends and tables carry it.",
    .examples =
        "run riverswim --horizon 20 --algorithm ucbvi-bf,psrl,ucb-q-hoeffding --constant practical --episodes "
        "1e4 --seeds 20\n"
        "run generative-gadget --algorithm empirical-qvi,q-learning --samples 1e5 --seeds 20\n"
        "run deep-sea --set size=6,8,10 --algorithm psrl,rlsvi --episodes 2000 --ascii\n"
        "run courier --horizon 12 --budget damage=0.3 --algorithm opt-lp,opt-pess-lp,stepmix --constant practical\n"
        "run plan.toml --threads 2",
    .options = kOptions,
    .most_positionals = 64,
    .completes = "@instances",
    .run = run,
};

}  // namespace bellwether::cli
