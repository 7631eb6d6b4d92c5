#include "apps/cli/fit.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fields.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/instances/instance.h"
#include "mdp/io/formats.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/linear/predictors.h"

namespace bellwether::cli {
namespace {

constexpr std::array<OptionSpec, 11> kOptions = {{
    {.name = "discount",
     .argument = "G",
     .help = "of the sum of rewards, in (0, 1) (default: what the file recommends)",
     .group = "what to fit"},
    {.name = "policy",
     .argument = "P",
     .help = "predict the values of this policy: uniform, optimal, or a CSV file as `solve -o` saves it",
     .words = "@files"},
    {.name = "behaviour",
     .argument = "P",
     .help = "... from plays of this one, written in the same way (default: the policy itself)",
     .words = "@files"},
    {.name = "method",
     .argument = "A,B,...",
     .help = "with --policy td, td-lambda, gtd2, tdc, lstd, lspe (default: all of them); without it lspi, fitted-q "
             "(default: both), which look for a policy",
     .group = "how",
     .words = "td td-lambda gtd2 tdc lstd lspe lspi fitted-q"},
    {.name = "steps", .argument = "N", .help = "steps of one play that predictors learn from (default 100000)"},
    {.name = "samples",
     .argument = "N|exact",
     .help = "transitions of uniformly drawn choices that policies are found in (default 100000); exact: infinitely "
             "many"},
    {.name = "seed", .argument = "S", .help = "root of all randomness (default 1)"},
    {.name = "set",
     .argument = "NAME=VALUE",
     .help = "a setting of the methods that have it: step, lambda, ridge ...; may be repeated",
     .repeats = true},
    {.name = "format",
     .argument = "NAME",
     .help = "read the file as this format, whatever its extension",
     .group = "files and output",
     .words = "@formats"},
    {.name = "json", .argument = "", .help = "print one JSON object and nothing else"},
    {.name = "help", .argument = "", .help = "this text", .short_name = "h"},
}};

constexpr int kMostFeatures = 500;  // least squares take the cube of it

double discount_of(const Arguments& arguments, const FitTask& task) {
  if (const auto given = arguments.number("discount", inside(0, 1))) return *given;
  const std::optional<double> recommended = task.file.model.data().discount;
  if (recommended && inside(0, 1).admits(*recommended)) return *recommended;
  throw InvalidOption(fmt::format("fit: discounted by what? --discount G; {} recommends none", task.path));
}

void require_features(const FitTask& task) {
  const mdp::ModelFile& file = task.file;
  if (file.intervals || file.observations || !file.contexts.empty() || !file.stages.empty())
    throw InvalidOption(fmt::format("fit: functions are fitted to plain models, and {} has {}", task.path,
                                    file.intervals        ? "intervals"
                                    : file.observations   ? "observations"
                                    : file.stages.empty() ? "contexts"
                                                          : "stages that differ"));
  if (file.linear.features == nullptr)
    throw InvalidOption(
        fmt::format("fit: {} brings no features of choices (lines `#! features STATE ACTION X ...`)", task.path));
  if (task.features().dimension() > kMostFeatures)
    throw InvalidOption(
        fmt::format("fit: {} features at most, {} has {}", kMostFeatures, task.path, task.features().dimension()));
}

std::vector<OptionRow> options_of(const std::string& method) {
  return finds_policies(method) ? options_of_policy_method(method) : solvers::find_predictor(method).options();
}

bool has(const std::vector<OptionRow>& options, std::string_view name) {
  return std::ranges::find(options, name, &OptionRow::name) != options.end();
}

std::vector<std::string> methods_of(const Arguments& arguments, bool policies) {
  std::vector<std::string> known{"lspi", "fitted-q"}, values;
  for (const solvers::PredictorRow& row : solvers::predictor_table()) values.emplace_back(row.name);
  const auto typed = arguments.text("method");
  if (!typed) return policies ? known : values;
  std::vector<std::string> methods = split(*typed, ',');
  known.insert(known.end(), values.begin(), values.end());
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const std::string& method = methods[i];
    if (std::ranges::find(known, method) == known.end()) refuse_name("fit", "method", method, "method", known, "the");
    if (std::find(methods.begin(), methods.begin() + static_cast<std::ptrdiff_t>(i), method) !=
        methods.begin() + static_cast<std::ptrdiff_t>(i))
      throw InvalidOption(fmt::format("fit: {} is there twice", method));
    if (finds_policies(method) && !policies)
      throw InvalidOption(fmt::format("fit: {} looks for a policy of its own; leave --policy out", method));
    if (!finds_policies(method) && policies)
      throw InvalidOption(fmt::format(
          "fit: {} predicts the values of a policy; say which: --policy uniform, optimal or a file", method));
  }
  return methods;
}

/// Settings that no method has would be without effect.
void require_settings_used(const std::vector<std::string>& methods, const std::vector<Setting>& settings) {
  std::vector<std::string> known;
  for (const std::string& method : methods)
    for (const OptionRow& row : options_of(method))
      if (std::ranges::find(known, row.name) == known.end()) known.push_back(row.name);
  for (const auto& [name, value] : settings)
    if (std::ranges::find(known, name) == known.end())
      refuse_name("fit", "set", name, "setting", known, "the methods'");
}

int run(const Arguments& arguments) {
  if (arguments.positionals().empty())
    throw InvalidOption(
        fmt::format("fit: which file? For a first one: {} make linear-mdp -o linear.csv", program_name()));
  const bool policies = !arguments.has("policy");
  for (const std::string_view option : {"steps", "behaviour"})
    if (policies && arguments.has(option))
      throw InvalidOption(fmt::format("fit: --{} goes with --policy, whose values are predicted", option));
  if (!policies && arguments.has("samples"))
    throw InvalidOption("fit: --samples is for finding a policy; with --policy there are --steps of a play");
  if (arguments.text("samples") == "exact" && arguments.has("seed"))
    throw InvalidOption("fit: --seed goes with samples that are drawn, --samples exact draws none; leave it out");
  const std::vector<std::string> methods = methods_of(arguments, policies);
  std::vector<Setting> settings;
  for (const std::string& typed : arguments.texts("set")) settings.push_back(parse_setting("set", typed));
  require_settings_used(methods, settings);
  const std::string& path = arguments.positionals().front();
  FitTask task{.path = path,
               .file = mdp::read_model(path, arguments.text("format").value_or("")),
               .seed = static_cast<std::uint64_t>(arguments.whole_number("seed", at_least(0)).value_or(1)),
               .methods = methods,
               .settings = settings};
  require_features(task);
  task.discount = discount_of(arguments, task);
  return policies ? fit_policies(arguments, task) : fit_values(arguments, task);
}

}  // namespace

mdp::TabularMdp maximisation(const FitTask& task) {
  mdp::NamedInstance posed{.model = task.file.model, .question = {.minimise = task.file.rewards_are_costs}};
  return mdp::as_maximisation(std::move(posed)).model;
}

solvers::Solution exact_optimum(const FitTask& task, const mdp::TabularMdp& maximised) {
  constexpr double kAsCloseAsCanBe = 1e-300;
  return solvers::discounted_auto(
      {.model = maximised, .criterion = solvers::Criterion::kDiscounted, .discount = task.discount},
      {.tolerance = kAsCloseAsCanBe});
}

bool go_on(StatusLine& line, std::int64_t done, std::int64_t of, std::string_view noun) {
  if (InterruptGuard::requested()) return false;
  if (line.due()) line.draw(fmt::format("{} of {}", grouped(done), grouped(of, noun)), {"   Ctrl-C stops"});
  return true;
}

std::vector<Setting> settings_for(const FitTask& task, const std::vector<OptionRow>& options) {
  std::vector<Setting> own;
  for (const Setting& setting : task.settings)
    if (has(options, setting.first)) own.push_back(setting);
  return own;
}

std::string fit_heading(const FitTask& task, const std::string& more) {
  return fmt::format("{}: {}\n\n  features   {}{}\n", task.path, size_text(task.file.model),
                     task.features().dimension(), more);
}

const Command kFit = {
    .name = "fit",
    .usage = "FILE [options]",
    .summary = "linear functions of a file's features: values of a policy, or a policy; with their exact errors",
    .details =
        "Learns from draws of a model what its features can say of values, and tells how far that is from the exact "
        "answers, which are computed from the model: with --policy the values of a policy, from one play "
        "(TD, TD(lambda), GTD2, TDC, LSTD, LSPE); without it a policy, from samples of all choices (LSPI, fitted Q "
        "iteration).\n"
        "FILE is a model with features of choices. Values of a policy are functions of the mean features of what it "
        "plays. Errors are in |.|_D, D the shares of time that the behaviour spends in each state.",
    .examples =
        "fit linear.csv --discount 0.9\n"
        "fit linear.csv --discount 0.9 --method lspi --samples 1e4 --seed 2\n"
        "fit linear.csv --discount 0.9 --policy uniform --steps 1e5\n"
        "fit linear.csv --discount 0.9 --policy optimal --behaviour uniform --method td,tdc,lstd\n"
        "fit linear.csv --discount 0.9 --policy policy.csv --method td-lambda --set lambda=0.9 --set step=0.01",
    .options = kOptions,
    .most_positionals = 1,
    .completes = "@files",
    .run = run,
};

}  // namespace bellwether::cli
