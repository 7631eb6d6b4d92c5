#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/indices.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/planner.h"
#include "apps/cli/progress.h"
#include "apps/cli/prove.h"
#include "apps/cli/question.h"
#include "apps/cli/solution_output.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/text.h"
#include "experiments/plot/gnuplot.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/formats.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 52> kOptions = {{
    {.name = "discount",
     .argument = "G",
     .help = "maximise the discounted sum of rewards; G in [0, 1)",
     .group = "what to optimise"},
    {.name = "horizon", .argument = "H", .help = "the sum over H stages (discounted when --discount is given too)"},
    {.name = "goal", .argument = "LABEL", .help = "the total reward until a state with this label is reached"},
    {.name = "reach", .argument = "LABEL", .help = "the probability of ever reaching a state with this label"},
    {.name = "criterion",
     .argument = "NAME",
     .help = "discounted, finite, total or average, where the options above do not say it",
     .words = "discounted finite total average"},
    {.name = "minimize", .argument = "", .help = "the smallest value instead of the largest (rewards are costs)"},
    {.name = "maximize", .argument = "", .help = "the largest, also when the file says that its rewards are costs"},
    {.name = "minimise", .argument = "", .help = "the same as --minimize"},
    {.name = "maximise", .argument = "", .help = "the same as --maximize"},
    {.name = "budget",
     .argument = "B1,B2,...",
     .help = "limits on the expected totals of the cost columns, in their order, or NAME=B,... for some of them"},
    {.name = "objectives",
     .argument = "NAME,NAME,...",
     .help = "all points that no policy beats in several columns at once: rewards large (with --minimize small), costs "
             "small"},
    {.name = "reference",
     .argument = "R1,R2,...",
     .help = "with --objectives: where the hypervolume is counted from (default: the worst values of the points)"},
    {.name = "rewards", .argument = "NAME", .help = "the reward structure to use, when the file has several"},
    {.name = "initial",
     .argument = "WHERE",
     .help = "where the play starts: a state, `uniform`, or a CSV file state,probability"},
    {.name = "robust",
     .argument = "KIND",
     .help = "plan for the worst rows within a distance of those of the file: l1, weighted-l1, tv, linf, l2, kl, chi2, "
             "wasserstein or contamination; interval (default for files with intervals): within theirs; scenarios: "
             "those of "
             "this file or of others, chosen anew at every step; static: this model or one of others, the same for the "
             "whole "
             "play",
     .group = "when the model is not certain",
     .words = "l1 weighted-l1 tv linf l2 kl chi2 wasserstein interval contamination scenarios static"},
    {.name = "radius", .argument = "R", .help = "the distance"},
    {.name = "samples",
     .argument = "N|COLUMN",
     .help = "in place of a radius (l1, tv, linf; with --credible others too): every row of the file was estimated "
             "from N samples, or from as many "
             "as this column of the file says; radii follow, one a row, and hold all true rows at once"},
    {.name = "confidence", .argument = "P", .help = "... with this probability (default 0.95)"},
    {.name = "credible",
     .argument = "P",
     .help = "... or with this posterior probability (l1, tv, linf, l2, kl, chi2; drawn from Dirichlet laws)"},
    {.name = "prior", .argument = "X", .help = "... of a Dirichlet prior with X for each listed successor (default 1)"},
    {.name = "state-weights",
     .argument = "FILE",
     .help =
         "of weighted-l1: a CSV file state,weight, what a unit of probability to or from a state counts (default 1)",
     .words = "@files"},
    {.name = "scenario",
     .argument = "FILE",
     .help =
         "of scenarios: a model with the same states, actions and moves whose rows may be the true ones; of static: a "
         "model with the same states and actions that may be the true one",
     .repeats = true,
     .words = "@files"},
    {.name = "penalty",
     .argument = "X",
     .help =
         "in place of a radius (l1, tv, kl, chi2): nature may go anywhere and pays X for a unit of distance, a step "
         "later: discount X today; kl is the entropic risk of every step"},
    {.name = "rectangular",
     .argument = "sa|s",
     .help = "nature chooses for every state and action by itself (sa, default), or shares the distance between the "
             "actions of a state before one is drawn (s)",
     .words = "sa s"},
    {.name = "support",
     .argument = "WHERE",
     .help = "nature moves probability between the listed successors (default) or to all states",
     .words = "successors all"},
    {.name = "ground-cost",
     .argument = "NAME|FILE",
     .help =
         "of wasserstein, what it costs to move probability between states: index (default), |i - j|; discrete, 1; or "
         "a CSV file with a line a state and in it a cost for each state",
     .words = "@files"},
    {.name = "nature", .argument = "worst|best", .help = "best: the optimistic value instead", .words = "worst best"},
    {.name = "risk",
     .argument = "MEASURE",
     .help = "in place of the expected return: tail-mean, quantile, target (the probability of a return), utility, "
             "mean-variance, entropic, entropic-value, or the risk of every step: nested-tail-mean, nested-entropic, "
             "nested-entropic-value",
     .group = "when the mean is not the point",
     .words =
         "tail-mean quantile target utility mean-variance entropic entropic-value nested-tail-mean nested-entropic "
         "nested-entropic-value"},
    {.name = "level", .argument = "A", .help = "share of the worst plays that count, in (0, 1]"},
    {.name = "target",
     .argument = "B",
     .help = "of target: the return to earn at least (with --minimize: to pay at most)"},
    {.name = "utility",
     .argument = "FILE",
     .help = "a CSV file return,utility, its lines with rising returns: linear between them and beyond",
     .words = "@files"},
    {.name = "beta", .argument = "B", .help = "aversion of entropic risk, above 0"},
    {.name = "weight", .argument = "C", .help = "of the variance"},
    {.name = "weights",
     .argument = "W1,W2,...",
     .help = "of the contexts of a latent model (default: equally likely)",
     .group = "when not everything is seen"},
    {.name = "rewards-observed", .argument = "", .help = "rewards are seen and may tell contexts apart"},
    {.name = "index",
     .argument = "KIND",
     .help = "in place of a policy the index of every state of one arm: gittins, of a file with one action a state, or "
             "whittle, of one with two, with the verdict whether it is indexable",
     .group = "when the model is an arm of a bandit",
     .words = "gittins whittle"},
    {.name = "active", .argument = "ACTION", .help = "of whittle: the action that plays the arm (default: play, or 1)"},
    {.name = "algorithm",
     .argument = "NAME",
     .help = "auto (default) chooses and says why; `list algorithms` shows all",
     .group = "how",
     .words = "@algorithms"},
    {.name = "set", .argument = "NAME=VALUE", .help = "an option of the algorithm; may be repeated", .repeats = true},
    {.name = "tolerance", .argument = "E", .help = "stop when the proven error is at most E (default 1e-6)"},
    {.name = "max-iterations",
     .argument = "N",
     .help = "stop after N iterations with the best certified answer so far"},
    {.name = "certify",
     .argument = "KIND",
     .help = "interval (default): bounds that hold in spite of rounding; rational: exact "
             "fractions and a proof of optimality, for models up to about a thousand states",
     .words = "interval rational"},
    {.name = "threads",
     .argument = "N",
     .help = "threads to use (default: all cores); the answer does not depend on it"},
    {.name = "format",
     .argument = "NAME",
     .help = "read the file as this format, whatever its extension",
     .group = "files and output",
     .words = "@formats"},
    {.name = "json", .argument = "", .help = "print one JSON object and nothing else"},
    {.name = "output",
     .argument = "FILE",
     .help = "save policy and values: .csv, or .json for what --json prints",
     .short_name = "o",
     .words = "@files"},
    {.name = "plot",
     .argument = "FILE",
     .help = "with two --objectives: draw the points into a .png, .svg, .pdf or gnuplot program .gp",
     .words = "@files"},
    {.name = "all", .argument = "", .help = "list every state, not only the first 20"},
    {.name = "quiet", .argument = "", .help = "no progress line", .short_name = "q"},
    {.name = "options", .argument = "", .help = "list the options that --set knows for the chosen algorithm and stop"},
    {.name = "relative",
     .argument = "",
     .help = "read --tolerance relative to the value (reachability and total reward)"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Planner planner_for(const Arguments& arguments, const Question& question) {
  return find_planner(arguments.text("algorithm").value_or("auto"), question);
}

/// What --max-iterations cannot cut short is not asked to try.
void require_iterations(std::string_view planner, const Question& question) {
  if (planner == "c-morl")
    throw InvalidOption("solve: --max-iterations does not go with c-morl, whose rounds are a setting: --set rounds=N");
  const bool certain = !question.risk && !question.uncertainty;
  const bool plain = certain && !question.hidden && question.objectives.empty() && question.budgets.empty();
  const bool robust = question.uncertainty && !question.uncertainty->is_static();
  const bool one_pass = question.risk || robust || (plain && (planner == "auto" || planner == "backward-induction")) ||
                        planner == "pareto-value-iteration";
  if (one_pass && question.problem.criterion == solvers::Criterion::kFinite)
    throw InvalidOption(fmt::format(
        "solve: --max-iterations does not go with {} and a finite horizon, which takes one pass over the model a stage",
        planner));
}

Planned solve(const Arguments& arguments, const Question& question) {
  const Planner planner = planner_for(arguments, question);
  std::vector<Setting> settings;
  for (const std::string& typed : arguments.texts("set")) settings.push_back(parse_setting("set", typed));
  if (arguments.has("relative")) settings.emplace_back("relative", "true");
  solvers::SolveOptions run;
  run.tolerance = arguments.number("tolerance", above(0)).value_or(run.tolerance);
  run.max_iterations = arguments.whole_number("max-iterations", at_least(1)).value_or(run.max_iterations);
  if (arguments.has("max-iterations")) require_iterations(planner.name, question);
  SolveProgress progress(std::string(planner.name), run.tolerance, arguments.has("quiet"));
  run.observer = [&](const TraceRow& trace) { return progress(trace); };
  return planner.run(settings, run);
}

int exit_code(Status status) {
  switch (status) {
    case Status::kInfeasible:
    case Status::kUnbounded:
      return kNotMet;
    case Status::kNumericalTrouble:
    case Status::kNotRun:
      return kInternalError;
    default:
      return kSuccess;
  }
}

/// Where a plan was cut short before it had bounds stand the numbers that it began with: only infinite values are
/// known.
void forget_unproven_values(Answer& answer) {
  solvers::Solution& solution = answer.solution;
  const bool infinite = solution.status == Status::kInfeasible || solution.status == Status::kUnbounded;
  const bool cut_short = stopped_unproven(answer) || (infinite && !std::isfinite(solution.gap));
  if (!cut_short || answer.addition) return;  // which says itself what is known
  for (double& value : solution.value)
    if (std::isfinite(value)) value = std::numeric_limits<double>::quiet_NaN();
}

/// Exact arithmetic can start from any policy, also from one of which floating point could prove nothing.
bool can_be_proven(const solvers::Solution& solution) {
  return exit_code(solution.status) == kSuccess ||
         (solution.status == Status::kNumericalTrouble && !solution.policy.empty());
}

/// Who starts in what is to be reached has reached it.
void count_what_is_reached(Answer& answer) {
  const std::string surely(1, '1');
  for (const std::int32_t s : answer.question->reached) {
    for (auto* values : {&answer.solution.value, &answer.solution.lower, &answer.solution.upper})
      if (values->size() > 0) (*values)[s] += 1;
    if (!answer.exact) continue;
    answer.exact->values[static_cast<std::size_t>(s)] = surely;
    if (answer.question->problem.model.initial()[static_cast<std::size_t>(s)] == 1) answer.exact->value = surely;
  }
}

int list_algorithm_options(const Arguments& arguments, const Question& question) {
  const Planner planner = planner_for(arguments, question);
  fmt::print("{}: {}\n", planner.name, planner.summary);
  for (const OptionRow& option : planner.options()) {
    fmt::print("{}", two_columns(fmt::format("{}={}", option.name, option.value),
                                 fmt::format("{} ({})", option.help, option.rule), 34));
  }
  return kSuccess;
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return std::filesystem::equivalent(a, b, ignored);
}

int run(const Arguments& arguments) {
  if (arguments.positionals().empty()) {
    throw InvalidOption(
        fmt::format("solve: which file? For a first one: {} make frozenlake -o lake.csv", program_name()));
  }
  const auto certify = arguments.word("certify", {"interval", "rational"});
  for (const char* option : {"budget", "robust", "risk", "objectives"})
    if (certify == "rational" && arguments.has(option))
      throw InvalidOption(
          fmt::format("solve: --certify rational proves optima of plain models; leave --{} out", option));
  const auto threads = arguments.whole_number("threads", between(1, 4096));
  const ThreadCount thread_guard(threads ? static_cast<int>(*threads) : thread_count());

  Answer answer{.file = arguments.positionals().front(),
                .typed = arguments.retyped(),
                .question = {},
                .solution = {},
                .addition = {},
                .exact = {}};
  const auto start = std::chrono::steady_clock::now();
  const mdp::FileStamp stamp(answer.file);
  answer.question = ask(arguments, mdp::read_model(answer.file, arguments.text("format").value_or("")));
  answer.load_seconds = seconds_since(start);
  const auto index = arguments.word("index", {"gittins", "whittle"});
  if (arguments.has("active") && index != "whittle") throw InvalidOption("solve: --active goes with --index whittle");
  if (index) return print_indices(*index, arguments, *answer.question);
  if (certify == "rational" && answer.question->hidden)
    throw InvalidOption("solve: --certify rational proves optima of models that are fully seen");
  if (arguments.has("options")) return list_algorithm_options(arguments, *answer.question);

  if (const auto path = arguments.text("output"); path && is_same_file(*path, answer.file))
    throw InvalidOption(fmt::format("solve: --output {} is the model file itself, which would be lost", *path));
  if (const auto path = arguments.text("plot")) experiments::require_figure_path(*path);
  std::optional<AnswerFile> saved;
  if (const auto path = arguments.text("output")) saved.emplace(*path);
  if (saved && !saved->is_json() && !answers_by_state(*answer.question)) {
    throw InvalidOption(
        "solve: option --output: a policy that looks at more than the state has no place in a CSV of states; save it "
        "as "
        ".json");
  }

  const InterruptGuard guard;
  const auto solve_start = std::chrono::steady_clock::now();
  Planned planned = solve(arguments, *answer.question);
  answer.solution = std::move(planned.solution);
  answer.addition = std::move(planned.addition);
  if (certify == "rational" && can_be_proven(answer.solution)) {
    std::string must_reach = "auto";
    for (const std::string& typed : arguments.texts("set"))
      if (const Setting setting = parse_setting("set", typed); setting.first == "must_reach_goal")
        must_reach = setting.second;
    prove_exactly(answer, must_reach);
  }
  count_what_is_reached(answer);
  forget_unproven_values(answer);
  answer.solve_seconds = seconds_since(solve_start);
  // The arrays of such a file are used in place.
  if (mdp::find_format(answer.file, arguments.text("format").value_or("")).name == "bwm") stamp.require_unchanged();

  // Known only now: the answer is printed all the same, so that the work is not lost.
  const std::string no_csv = saved && !saved->is_json() && answer.addition ? answer.addition->no_csv() : "";
  if (saved && no_csv.empty()) saved->save(answer);
  bool drawn = false;
  if (const auto path = arguments.text("plot")) {
    const auto trouble = experiments::draw(*answer.addition->figure(), *path);
    if (trouble) fmt::print(stderr, "{}: solve: {}\n", program_name(), *trouble);
    drawn = !trouble;
  }
  if (arguments.has("json")) {
    write_json(answer, [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  } else {
    fmt::print("{}", answer_text(answer, arguments.has("all")));
    if (saved && no_csv.empty()) {
      const std::string_view what = answer.addition ? answer.addition->holds() : "policy and values";
      fmt::print("\nsaved {} to {}\n", what, *arguments.text("output"));
    }
    if (drawn) fmt::print("\ndrew the points into {}\n", *arguments.text("plot"));
  }
  if (!no_csv.empty()) throw InvalidOption(fmt::format("solve: option --output: {}", no_csv));
  return stopped_unproven(answer) ? kNotMet : exit_code(answer.solution.status);
}

}  // namespace

const Command kSolve = {
    .name = "solve",
    .usage = "FILE [options]",
    .summary = "the optimal policy and values of a model, with a proven error",
    .details =
        "Reads a Markov decision process and computes an optimal policy with bounds on every value that hold whatever "
        "rounding did: the true optimum, and what the returned policy earns, lie between them.\n"
        "FILE may be any of the formats of `list formats`; the extension tells which.",
    .examples =
        "solve lake.csv --discount 0.99\n"
        "solve lake.csv --horizon 100 --initial uniform\n"
        "solve lake.csv --reach goal\n"
        "solve model.tra --goal done --minimize --rewards steps\n"
        "solve lake.csv --criterion average --algorithm policy-iteration\n"
        "solve lake.csv --discount 0.99 --certify rational --json\n"
        "solve trip.csv --discount 0.95 --budget fuel=20\n"
        "solve trip.csv --discount 0.95 --objectives reward,fuel\n"
        "solve trip.csv --discount 0.95 --robust l1 --radius 0.2\n"
        "solve arm.csv --discount 0.9 --index whittle",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "@files",
    .run = run,
};

}  // namespace bellwether::cli
