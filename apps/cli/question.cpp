#include "apps/cli/question.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/initial.h"
#include "apps/cli/planner.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/transform.h"

namespace bellwether::cli {
namespace {

using mdp::ModelFile;
using mdp::TabularMdp;
using solvers::Criterion;
using solvers::Direction;

std::vector<std::int32_t> labelled_states(const TabularMdp& model, std::string_view option, const std::string& name) {
  const mdp::Label* label = model.find_label(name);
  if (label == nullptr) {
    if (model.data().labels.empty())
      throw InvalidOption(
          fmt::format("solve: option --{} is '{}', but the model has no labels; in CSV a line '#! label {} STATE STATE "
                      "...' gives one",
                      option, name, name));
    std::vector<std::string> names;
    for (const mdp::Label& known : model.data().labels) names.push_back(known.name);
    refuse_name("solve", option, name, "label", names);
  }
  if (label->states.empty())
    throw InvalidOption(fmt::format("solve: option --{}: no state carries the label '{}'", option, name));
  return {label->states.begin(), label->states.end()};
}

Direction direction(const Arguments& arguments, const ModelFile& file) {
  const bool minimise = arguments.has("minimize") || arguments.has("minimise");
  const bool maximise = arguments.has("maximize") || arguments.has("maximise");
  if (minimise && maximise) throw InvalidOption("solve: --minimize and --maximize exclude each other");
  if (minimise || (file.rewards_are_costs && !maximise)) return Direction::kMinimise;
  return Direction::kMaximise;
}

/// What the options say, or imply, about the criterion.
Criterion criterion(const Arguments& arguments, const ModelFile& file) {
  const auto named = arguments.word("criterion", {"discounted", "finite", "total", "average"});
  if (named == "discounted") return Criterion::kDiscounted;
  if (named == "finite") return Criterion::kFinite;
  if (named == "average") return Criterion::kAverage;
  if (arguments.has("horizon") || !file.stages.empty()) {
    if (named == "total") {
      throw InvalidOption(
          file.stages.empty()
              ? "solve: --horizon does not go with the criterion total"
              : "solve: the file has one model a stage, which the criterion finite goes with, not total");
    }
    return Criterion::kFinite;
  }
  if (named == "total") return arguments.has("reach") ? Criterion::kReach : Criterion::kTotal;
  if (arguments.has("discount")) return Criterion::kDiscounted;
  if (arguments.has("reach")) return Criterion::kReach;
  if (arguments.has("goal")) return Criterion::kTotal;
  if (file.model.data().discount) return *file.model.data().discount < 1 ? Criterion::kDiscounted : Criterion::kTotal;
  if (const auto index = arguments.text("index"))
    throw InvalidOption(fmt::format("solve: --index {} needs --discount G (below 1){}", *index,
                                    index == "whittle" ? " or --criterion average" : ""));
  throw InvalidOption(
      "solve: what is to be optimised? Give --discount G (below 1), --horizon H, --goal LABEL, --reach LABEL, or "
      "--criterion average");
}

double discount(const Arguments& arguments, const ModelFile& file, Criterion criterion) {
  const auto typed = arguments.text("discount");
  const auto given = typed ? parse_double(*typed) : std::nullopt;
  if (typed && !(given && *given >= 0 && *given <= 1)) {
    throw InvalidOption(
        fmt::format("solve: option --discount is '{}', must be a number of at least 0 and below 1; without discounting "
                    "use --criterion average, --criterion total or --horizon H",
                    *typed));
  }
  if (criterion == Criterion::kFinite) return given.value_or(1) + 0.0;  // -0 becomes 0
  if (criterion != Criterion::kDiscounted) {
    if (given && *given < 1) {
      throw InvalidOption(
          fmt::format("solve: --discount {} does not go with the criterion {}", *given, to_string(criterion)));
    }
    return 1;
  }
  const double value = given ? *given : file.model.data().discount.value_or(-1);
  if (value < 0) throw InvalidOption("solve: a discounted problem needs --discount G; the file recommends none");
  if (value >= 1) {
    throw InvalidOption(
        "solve: a discounted problem needs a discount below 1; without discounting use --criterion average, "
        "--criterion total or --horizon H");
  }
  return value + 0.0;
}

int horizon(const Arguments& arguments, const ModelFile& file, Criterion criterion) {
  const auto given = arguments.whole_number("horizon", between(1, 1e9));
  if (criterion != Criterion::kFinite) {
    if (given)
      throw InvalidOption(fmt::format("solve: --horizon does not go with the criterion {}", to_string(criterion)));
    return 0;
  }
  const auto stages = static_cast<std::int64_t>(file.stages.size());
  if (stages > 0 && given && *given != stages) {
    throw InvalidOption(
        fmt::format("solve: --horizon {} does not fit the file, which has {}", *given, counted(stages, "stage")));
  }
  if (stages > 0) return static_cast<int>(stages);
  if (!given) throw InvalidOption("solve: a finite horizon needs --horizon H");
  return static_cast<int>(*given);
}

/// Rewards, labels and the initial distribution applied to one model (every stage gets the same treatment).
TabularMdp prepared(const Arguments& arguments, TabularMdp model, const std::optional<std::vector<double>>& initial) {
  if (const auto name = arguments.text("rewards")) model = with_rewards("solve", model, *name);
  if (initial) model = model.with_initial(*initial);
  return model;
}

std::string summarise(const solvers::Problem& problem, const Arguments& arguments) {
  std::string what;
  switch (problem.criterion) {
    case Criterion::kDiscounted:
      what = fmt::format("discounted by {}", problem.discount);
      break;
    case Criterion::kFinite:
      what = fmt::format("{}{}", counted(problem.horizon, "stage"),
                         problem.discount < 1 ? fmt::format(", discounted by {}", problem.discount) : "");
      break;
    case Criterion::kTotal:
      what = "total reward";
      break;
    case Criterion::kReach:
      what = fmt::format("probability of reaching '{}'", *arguments.text("reach"));
      break;
    case Criterion::kAverage:
      what = "average reward a step";
      break;
  }
  if (problem.criterion != Criterion::kReach && arguments.has("reach"))
    what += fmt::format(", reaching '{}'", *arguments.text("reach"));
  if (const auto goal = arguments.text("goal")) what += fmt::format(", ending at '{}'", *goal);
  return what + (problem.maximise() ? ", maximise" : ", minimise");
}

/// A sum over starts needs to know of no other question than the mean in one model.
void require_countable_starts(const Question& question) {
  if (!(question.reached_at_start() > 0)) return;
  const char* option = question.risk                                               ? "risk"
                       : !question.budgets.empty()                                 ? "budget"
                       : !question.objectives.empty()                              ? "objectives"
                       : question.uncertainty && question.uncertainty->is_static() ? "robust static"
                                                                                   : nullptr;
  if (option == nullptr) return;
  throw InvalidOption(fmt::format(
      "solve: --{} goes with --reach where no play starts in what is to be reached, and {:.3g} of the plays "
      "start there; choose other starts (--initial)",
      option, question.reached_at_start()));
}

}  // namespace

double Question::reached_at_start() const {
  const std::vector<double> initial = problem.model.initial();
  double sum = 0;
  for (const std::int32_t s : reached) sum += initial[static_cast<std::size_t>(s)];
  return sum;
}

TabularMdp with_rewards(std::string_view command, const TabularMdp& model, const std::string& name) {
  std::vector<std::string> names;
  for (const mdp::Column& column : model.data().rewards) {
    if (column.name == name) return model.with_rewards(name);
    names.push_back(column.name);
  }
  for (const mdp::Column& column : model.data().costs)
    if (column.name == name)
      throw InvalidOption(
          fmt::format("{}: option --rewards: '{}' is a column of costs, and a reward is wanted; headed 'reward:{}' it "
                      "would be one, as a cost it can be limited by a budget",
                      command, name, name));
  refuse_name(command, "rewards", name, "reward structure", names);
}

Question ask(const Arguments& arguments, const ModelFile& file) {
  if (arguments.has("reach") && arguments.has("goal"))
    throw InvalidOption("solve: --reach and --goal exclude each other");
  const Criterion what = criterion(arguments, file);
  const auto initial =
      arguments.has("initial") ? std::optional(read_initial(file.model, *arguments.text("initial"))) : std::nullopt;
  solvers::Problem problem{.model = prepared(arguments, file.model, initial),
                           .criterion = what,
                           .direction = direction(arguments, file),
                           .discount = discount(arguments, file, what),
                           .horizon = horizon(arguments, file, what)};
  for (const TabularMdp& stage : file.stages) problem.stages.push_back(prepared(arguments, stage, initial));

  std::vector<std::int32_t> ended, reached;
  Preparation ending = [](const TabularMdp& model) { return model; };
  for (const std::string_view option : {"reach", "goal"}) {
    const auto name = arguments.text(option);
    if (!name) continue;
    const std::vector<std::int32_t> states = labelled_states(problem.model, option, *name);
    for (std::size_t h = 0; h < problem.stages.size(); ++h) {
      const mdp::Label* label = problem.stages[h].find_label(*name);
      if (label == nullptr || !std::equal(states.begin(), states.end(), label->states.begin(), label->states.end())) {
        throw InvalidOption(fmt::format(
            "solve: option --{} is '{}', but stage {} does not put that label on the same states as stage 0", option,
            *name, h));
      }
    }
    if (what == Criterion::kAverage) {
      throw InvalidOption(fmt::format("solve: --{} does not go with the criterion average", option));
    }
    ended = states;
    if (what == Criterion::kReach || what == Criterion::kTotal) {
      problem.target = states;
      continue;
    }
    if (option == "reach") reached = states;
    if (file.intervals) continue;  // refused below
    ending = [option, states](const TabularMdp& model) {
      return option == "reach" ? mdp::reaching(model, states) : mdp::absorbing(model, states);
    };
    problem.model = ending(problem.model);
    for (TabularMdp& stage : problem.stages) stage = ending(stage);
  }
  solvers::require_valid(problem);
  std::string summary = summarise(problem, arguments);
  if (arguments.has("budget") && (file.observations || !file.contexts.empty()))
    throw InvalidOption(
        fmt::format("solve: --budget is for models whose states are seen, and {} hides {}; leave it out",
                    arguments.positionals().front(),
                    file.observations ? "them behind observations" : "which of its contexts is played"));
  std::vector<mdp::Budget> budgets = read_budgets(arguments, problem);
  std::optional<Uncertainty> uncertainty =
      read_uncertainty(arguments, file, problem, ended,
                       [&](const TabularMdp& model) { return ending(prepared(arguments, model, initial)); });
  if (uncertainty && !budgets.empty())
    throw InvalidOption(
        "solve: limits on costs are not planned for in uncertain models; leave --budget or --robust out");
  std::optional<RiskQuestion> risk = read_risk(arguments, problem);
  if (risk && (uncertainty || !budgets.empty()))
    throw InvalidOption("solve: --risk goes neither with --budget nor with --robust; nested risk is a robust problem");
  std::optional<HiddenQuestion> hidden = read_hidden(arguments, file, problem, initial);
  if (hidden && (risk || uncertainty))
    throw InvalidOption("solve: --robust and --risk are for models that are fully seen and certain");
  std::vector<Objective> objectives = read_objectives(arguments, problem);
  if (!objectives.empty() && (hidden || risk || uncertainty || !budgets.empty()))
    throw InvalidOption(
        "solve: --objectives is for models that are seen and certain, and goes neither with --budget nor with --robust "
        "nor with --risk");
  if (!objectives.empty()) summary += ", " + words_of(objectives);
  if (hidden)
    summary += hidden->contexts > 0 ? fmt::format(", one of {} hidden contexts", hidden->contexts)
                                    : std::string(", states seen through observations");
  if (risk) summary += ", " + risk->words;
  if (uncertainty) summary += ", " + uncertainty->words;
  for (const mdp::Budget& budget : budgets) summary += fmt::format(", {} at most {}", budget.column, budget.limit);
  Question question{.problem = std::move(problem),
                    .summary = std::move(summary),
                    .budgets = std::move(budgets),
                    .objectives = objectives,
                    .reference = read_reference(arguments, objectives),
                    .hidden = std::move(hidden),
                    .risk = std::move(risk),
                    .uncertainty = std::move(uncertainty),
                    .reached = std::move(reached)};
  require_countable_starts(question);
  return question;
}

}  // namespace bellwether::cli
