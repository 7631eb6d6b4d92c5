#include "apps/cli/indices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/json_writer.h"
#include "apps/cli/terminal.h"
#include "bandits/indices/gittins.h"
#include "bandits/indices/subsidy.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/names.h"
#include "solvers/abandonable.h"

namespace bellwether::cli {
namespace {

using bandits::Indexability;
using bandits::kPlay;
using bandits::kRest;

constexpr int kMostStates = 5000;  // matrices of 200 MB
constexpr int kShownStates = 20;

/// An arm as the file has it, and what came out.
struct ArmIndices {
  bandits::ArmChain arm = {};
  int rest = -1, play = -1;  ///< identifiers of the actions; -1 where there is one action alone
  bandits::SubsidyPath path = {};
};

/// Options that change what is planned for, or how: an index has neither a horizon nor an algorithm.
void require_no_other_question(const Arguments& arguments) {
  for (const std::string_view option :
       {"horizon", "goal", "reach", "budget", "robust", "risk", "weights", "algorithm", "set", "tolerance",
        "max-iterations", "relative", "certify", "initial", "output", "options"})
    if (arguments.has(option))
      throw InvalidOption(fmt::format(
          "solve: --{} does not go with --index, which takes --discount G{}", option,
          arguments.text("index") == "whittle" ? " or --criterion average, --active and --json" : " and --json"));
}

void require_arm(const std::string& kind, const std::string& file, const Question& question) {
  const auto criterion = question.problem.criterion;
  if (question.hidden || question.uncertainty)
    throw InvalidOption(
        fmt::format("solve: --index {} is of an arm whose states are seen and whose rows are certain; {} {}", kind,
                    file, question.hidden ? "hides its states" : "has intervals"));
  if (kind == "gittins" && criterion != solvers::Criterion::kDiscounted)
    throw InvalidOption(
        "solve: --index gittins takes a discount below 1 (--discount G): in the long run an arm that "
        "rests where it is has no index");
  if (criterion != solvers::Criterion::kDiscounted && criterion != solvers::Criterion::kAverage)
    throw InvalidOption(
        fmt::format("solve: --index whittle is discounted (--discount G) or of the long run (--criterion "
                    "average), not of the criterion {}",
                    to_string(criterion)));
  const int states = question.problem.model.num_states();
  if (states > kMostStates)
    throw InvalidOption(fmt::format("solve: --index {} takes arms of at most {} states, {} has {}", kind,
                                    grouped(kMostStates), file, grouped(states)));
}

/// Row and reward of a choice as those of the arm.
void set_row(const solvers::Problem& problem, std::int64_t choice, int s, bandits::Activity what,
             bandits::ArmChain& arm) {
  const mdp::TabularMdp& model = problem.model;
  const auto n = static_cast<std::size_t>(arm.states), row = static_cast<std::size_t>(s) * n;
  const auto next = model.successors(choice);
  for (std::size_t i = 0; i < next.size(); ++i)
    arm.transitions[what][row + static_cast<std::size_t>(next[i])] += model.probabilities(choice)[i];
  arm.rewards[what][static_cast<std::size_t>(s)] = problem.maximise() ? model.reward(choice) : -model.reward(choice);
}

bandits::ArmChain empty_arm(int states) {
  const auto n = static_cast<std::size_t>(states);
  bandits::ArmChain arm{.states = states};
  arm.transitions = {std::vector<double>(n * n), std::vector<double>(n * n)};
  arm.rewards = {std::vector<double>(n), std::vector<double>(n)};
  return arm;
}

ArmIndices rested_arm_of(const std::string& file, const solvers::Problem& problem) {
  const mdp::TabularMdp& model = problem.model;
  ArmIndices made{.arm = empty_arm(model.num_states())};
  for (int s = 0; s < model.num_states(); ++s) {
    const std::int64_t actions = model.first_choice(s + 1) - model.first_choice(s);
    if (actions != 1)
      throw InvalidOption(
          fmt::format("solve: --index gittins takes a file with one action a state, what the arm does when "
                      "it is played; {} has {} in state {}; for an arm that moves, or pays, while it "
                      "rests there is --index whittle",
                      file, actions, model.state_name(s)));
    set_row(problem, model.first_choice(s), s, kPlay, made.arm);
  }
  made.arm = bandits::rested_arm(made.arm.rewards[kPlay], made.arm.transitions[kPlay]);
  return made;
}

/// The two identifiers of the first state's actions, which all states have.
std::array<int, 2> two_actions(const std::string& file, const mdp::TabularMdp& model) {
  std::array<int, 2> both{};
  for (int s = 0; s < model.num_states(); ++s) {
    const std::int64_t first = model.first_choice(s), actions = model.first_choice(s + 1) - first;
    if (actions != 2)
      throw InvalidOption(
          fmt::format("solve: --index whittle takes a file with two actions in every state, one that rests "
                      "the arm and one that plays it; {} has {} in state {}{}",
                      file, actions, model.state_name(s),
                      actions == 1 ? "; for an arm that stays where it is while it rests there is --index "
                                     "gittins"
                                   : ""));
    const std::array<int, 2> here = {std::min(model.action(first), model.action(first + 1)),
                                     std::max(model.action(first), model.action(first + 1))};
    if (s == 0) both = here;
    if (here != both)
      throw InvalidOption(
          fmt::format("solve: --index whittle takes the same two actions in every state; {} has {} and {} in "
                      "state {}, {} and {} in state {}",
                      file, model.action_name(both[0]), model.action_name(both[1]), model.state_name(0),
                      model.action_name(here[0]), model.action_name(here[1]), model.state_name(s)));
  }
  return both;
}

/// Which of the two plays: the one that --active names, or whose name says so; of numbers the larger.
int active_of(const Arguments& arguments, const mdp::TabularMdp& model, const std::array<int, 2>& both) {
  const auto named = [&](std::initializer_list<std::string_view> words) {
    int found = -1;
    for (const int action : both)
      if (std::ranges::find(words, model.action_name(action)) != words.end()) found = action;
    return found;
  };
  if (const auto typed = arguments.text("active")) {
    for (const int action : both)
      if (model.action_name(action) == *typed) return action;
    throw InvalidOption(fmt::format("solve: option --active is '{}', must be {} or {}", *typed,
                                    model.action_name(both[0]), model.action_name(both[1])));
  }
  if (model.data().action_names.empty()) return both[1];
  if (const int play = named({"play", "active", "activate"}); play >= 0) return play;
  if (const int rest = named({"rest", "passive", "idle"}); rest >= 0) return both[0] == rest ? both[1] : both[0];
  throw InvalidOption(
      fmt::format("solve: --index whittle: which action plays the arm, {} or {}? Say it with --active NAME",
                  model.action_name(both[0]), model.action_name(both[1])));
}

ArmIndices restless_arm_of(const Arguments& arguments, const solvers::Problem& problem) {
  const mdp::TabularMdp& model = problem.model;
  const std::array<int, 2> both = two_actions(arguments.positionals().front(), model);
  ArmIndices made{.arm = empty_arm(model.num_states())};
  made.play = active_of(arguments, model, both);
  made.rest = both[0] == made.play ? both[1] : both[0];
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      set_row(problem, c, s, model.action(c) == made.play ? kPlay : kRest, made.arm);
  return made;
}

bandits::SubsidyPath path_of(const std::string& kind, const bandits::ArmChain& arm, double discount) {
  if (kind == "whittle") return bandits::subsidy_path(arm, discount);
  return {.verdict = Indexability::kIndexable,
          .index = bandits::gittins_indices(arm, discount)};  // as all such arms are
}

std::string verdict_text(const ArmIndices& found, const mdp::TabularMdp& model) {
  const bandits::IndexabilityWitness& w = found.path.witness;
  switch (found.path.verdict) {
    case Indexability::kIndexable:
      return "yes: no state that rests at some subsidy plays at a larger one";
    case Indexability::kNotIndexable:
      return fmt::format(
          "no, proven: state {} is best rested at the subsidy {:.9g} (by {:.3g} at least) and best played at "
          "{:.9g} (by {:.3g})",
          model.state_name(w.state), w.rests, w.rest_margin, w.plays, w.play_margin);
    case Indexability::kUndecided:
      break;
  }
  const auto never = std::ranges::find_if(found.path.index, [](double x) { return std::isinf(x); });
  if (never != found.path.index.end())
    return fmt::format("no index in the long run: no subsidy makes state {} rest",
                       model.state_name(static_cast<int>(never - found.path.index.begin())));
  return "undecided: some state rests and plays again at subsidies that rounding does not tell apart";
}

std::string text_of(const std::string& kind, const Arguments& arguments, const Question& question,
                    const ArmIndices& found) {
  const solvers::Problem& problem = question.problem;
  const mdp::TabularMdp& model = problem.model;
  const int width = std::min(terminal_width(), 110);
  const auto line = [&](std::string_view name, const std::string& text) {
    return fmt::format("  {:<11}{}\n", name, wrapped(text, 13, width));
  };
  const std::string time = problem.criterion == solvers::Criterion::kAverage
                               ? std::string("a round in the long run")
                               : fmt::format("discounted by {}", problem.discount);
  std::string out = fmt::format("{}: {}\n\n", arguments.positionals().front(), size_text(model));
  out += line("index", fmt::format("{}, {}{}", kind == "gittins" ? "Gittins'" : "Whittle's", time,
                                   problem.maximise() ? "" : "; rewards are costs, of which the least is best"));
  if (kind == "gittins")
    out += line("arm", "rests where it is, and brings nothing, when it is not played");
  else
    out +=
        line("arm", fmt::format("{} plays, {} rests", model.action_name(found.play), model.action_name(found.rest))) +
        line("indexable", verdict_text(found, model));
  if (found.path.verdict != Indexability::kIndexable) return mdp::printable(out);
  out += line("digits", "of double arithmetic; no bound is proven");
  Table table({"state", "index"}, {model.data().state_names.empty(), true});
  const int shown = arguments.has("all") ? model.num_states() : std::min(model.num_states(), kShownStates);
  for (int s = 0; s < shown; ++s)
    table.add({model.state_name(s), fmt::format("{:.9g}", found.path.index[static_cast<std::size_t>(s)])});
  out += '\n' + table.text(2);
  if (const int more = model.num_states() - shown; more > 0)
    out += fmt::format("  ... {}: --all lists, --json keeps all\n", grouped(more, "more state"));
  return mdp::printable(out);
}

void write_indices(const std::string& kind, const Question& question, const ArmIndices& found) {
  const solvers::Problem& problem = question.problem;
  const mdp::TabularMdp& model = problem.model;
  JsonWriter json([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  json.begin_object().member("index", kind).member("criterion", to_string(problem.criterion));
  json.member("direction", problem.maximise() ? "maximise" : "minimise");
  if (problem.criterion == solvers::Criterion::kDiscounted) json.member("discount", problem.discount);
  json.member("states", model.num_states());
  if (kind == "whittle") {
    json.member("active", model.action_name(found.play)).member("passive", model.action_name(found.rest));
    json.key("indexable");
    if (found.path.verdict == Indexability::kUndecided)
      json.value(std::nan(""));
    else
      json.value(found.path.verdict == Indexability::kIndexable);
    json.member("verdict", verdict_text(found, model));
  }
  if (const bandits::IndexabilityWitness& w = found.path.witness; found.path.verdict == Indexability::kNotIndexable) {
    json.key("witness").begin_object().member("state", w.state).member("rests", w.rests).member("plays", w.plays);
    json.member("rest_margin", w.rest_margin).member("play_margin", w.play_margin).end_object();
  }
  if (found.path.verdict == Indexability::kIndexable) {
    json.key("indices").begin_array();
    for (const double x : found.path.index) json.value(x);
    json.end_array();
  }
  if (!model.data().state_names.empty()) {
    json.key("state_names").begin_array();
    for (const std::string& name : model.data().state_names) json.value(name);
    json.end_array();
  }
  json.end_object().finish();
}

}  // namespace

int print_indices(const std::string& kind, const Arguments& arguments, const Question& question) {
  const std::string& file = arguments.positionals().front();
  require_no_other_question(arguments);
  require_arm(kind, file, question);
  const solvers::Problem& problem = question.problem;
  ArmIndices found = kind == "gittins" ? rested_arm_of(file, problem) : restless_arm_of(arguments, problem);
  const double discount = problem.criterion == solvers::Criterion::kAverage ? 1 : problem.discount;
  const InterruptGuard guard;
  try {
    auto path = solvers::abandonable([kind, arm = found.arm, discount] { return path_of(kind, arm, discount); },
                                     [] { return !InterruptGuard::requested(); });
    if (!path) throw StoppedTooEarly("stopped before the indices were known");
    found.path = std::move(*path);
  } catch (const InvalidModel& error) {
    throw InvalidModel(fmt::format("{}: {}", file, error.what()));
  }
  if (arguments.has("json"))
    write_indices(kind, question, found);
  else
    fmt::print("{}", text_of(kind, arguments, question, found));
  return found.path.verdict == Indexability::kIndexable ? kSuccess : kNotMet;
}

}  // namespace bellwether::cli
