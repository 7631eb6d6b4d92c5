#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/initial.h"
#include "apps/cli/number_column.h"
#include "apps/cli/planner.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/latent/belief_model.h"
#include "solvers/latent/registry.h"

namespace bellwether::cli {
namespace {

using solvers::Controller;
using solvers::ControllerNode;
using solvers::LatentSolution;

constexpr std::size_t kShownNodes = 20;

/// What happens is told by an observation, which may be the state itself.
std::string observation_name(const Question& question, std::int32_t observation) {
  if (observation < 0) return "nothing";
  const HiddenQuestion& hidden = *question.hidden;
  const auto i = static_cast<std::size_t>(observation);
  if (i < hidden.observation_names.size()) return hidden.observation_names[i];
  if (hidden.observations_are_states && observation < question.problem.model.num_states())
    return question.problem.model.state_name(observation);
  return fmt::format("{}", observation);
}

/// What to do about an interval that is wider than the tolerance.
struct Advice {
  std::string words;
  std::vector<std::string> options;  ///< for the next command
};

/// The least number of one digit that is at least x > 0, as 2e-1.
std::string rounded_up(double x) {
  const double unit = std::pow(10, std::floor(std::log10(x)));
  return fmt::format("{:.0e}", std::ceil(x / unit) * unit);
}

Advice advice_for(const LatentSolution& found) {
  const std::string search = "--algorithm hsvi";
  if (found.algorithm != "hsvi")
    return {"hsvi searches where the bounds lie furthest apart, and narrows the interval as long as it runs", {search}};
  if (found.status == Status::kBudgetExhausted)
    return {"more trials narrow the interval", {search, fmt::format("--set most_trials={}", 10 * found.iterations)}};
  return {"hsvi narrows the interval as long as it runs; a wider tolerance ends it sooner",
          {fmt::format("--tolerance {}", rounded_up(found.gap))}};
}

class HiddenAddition : public Addition {
 public:
  HiddenAddition(const Question& question, LatentSolution solution, double tolerance)
      : question_(question),
        model_(question.hidden->model),
        solution_(std::move(solution)),
        tolerance_(tolerance),
        policy_(solvers::reachable(solution_.policy)) {}

  void write_json(JsonWriter& json) const override {
    json.member("value", solution_.value);
    json.key("optimum").begin_object();
    const double middle = solution_.lower + (solution_.upper - solution_.lower) / 2;
    json.member("value", middle).member("lower", solution_.lower).member("upper", solution_.upper);
    if (!solution_.limit.empty()) json.member("limited_by", solution_.limit);
    json.end_object();
    json.key("with_more_seen").begin_object();
    json.member("known", solution_.known).member("qmdp", solution_.qmdp).member("informed", solution_.informed);
    json.end_object();
    json.key("observations").begin_array();
    for (std::int32_t o = 0; o < question_.hidden->model.num_observations(); ++o)
      json.value(observation_name(question_, o));
    json.end_array();
    if (policy_.empty()) return;
    json.key("controller").begin_object();
    json.key("start").begin_array();
    for (std::size_t i = 0; i < policy_.start.size(); ++i) {
      json.begin_object().member("seen", observation_name(question_, model_.starts()[i].observation));
      json.member("node", static_cast<int>(policy_.start[i])).end_object();
    }
    json.end_array().key("nodes").begin_array();
    for (const ControllerNode& node : policy_.nodes) write_node(json, node);
    json.end_array().end_object();
  }

  std::string limit() const override { return solution_.limit; }

  std::string proof() const override {
    if (!std::isfinite(solution_.gap)) return std::string(kNothingProven);
    return fmt::format("the optimum and what the policy earns lie in an interval {} wide", scientific(solution_.gap));
  }

  std::optional<std::pair<std::string, std::string>> headline() const override {
    constexpr double kWide = 1e-2;  // beyond this the middle of the interval is no answer
    const bool wide = !(solution_.gap <= kWide * std::max(1.0, std::abs(solution_.value)));
    if (wide && std::isfinite(solution_.gap)) {
      const bool most = question_.problem.direction == solvers::Direction::kMaximise;
      return std::pair<std::string, std::string>(
          "value", fmt::format("{} {:.7g} for this policy, and none {} {:.7g}", most ? "at least" : "at most",
                               most ? solution_.lower : solution_.upper, most ? "earns more than" : "costs less than",
                               most ? solution_.upper : solution_.lower));
    }
    return std::pair<std::string, std::string>(
        "value",
        meaningful(solution_.value, {solution_.lower, solution_.upper}) + " expected from the initial distribution");
  }

  std::vector<std::pair<std::string, std::string>> lines() const override {
    std::vector<std::pair<std::string, std::string>> lines;
    if (undecided())
      lines.emplace_back("undecided", fmt::format("the interval is {} wide and should be {:.1e}: {}",
                                                  scientific(solution_.gap), tolerance_, advice_for(solution_).words));
    lines.emplace_back(
        "if seen",
        fmt::format("{:.7g} is the value with {} always seen, {:.7g} with it seen after the first step",
                    solution_.known, question_.hidden->contexts > 0 ? "the context" : "the state", solution_.qmdp));
    return lines;
  }

  std::vector<std::string> remedy() const override {
    return undecided() ? advice_for(solution_).options : std::vector<std::string>();
  }

  std::string table() const override {
    if (policy_.empty()) return {};
    Table table(
        {"node", "does",
         question_.hidden->rewards_seen ? "then, by the state and the reward that are seen" : "then, by what is seen"},
        {true, false, false});
    const std::size_t shown = std::min(policy_.nodes.size(), kShownNodes);
    for (std::size_t i = 0; i < shown; ++i)
      table.add({fmt::format("{}", i), action(policy_.nodes[i]), successors(policy_.nodes[i])});
    std::string text = "\n  policy     ";
    for (std::size_t i = 0; i < policy_.start.size(); ++i) {
      const std::int32_t seen = model_.starts()[i].observation;
      if (seen < 0 || policy_.start.size() == 1)
        text += fmt::format("begins in node {}", policy_.start[i]);
      else
        text += fmt::format("{}{}: node {}", i == 0 ? "by what is seen first, " : ", ",
                            observation_name(question_, seen), policy_.start[i]);
      if (i == 9 && policy_.start.size() > 10) {
        text += ", ...";
        break;
      }
    }
    text += "\n\n" + table.text(2);
    if (shown < policy_.nodes.size())
      text += fmt::format("  ... {}: --json has all\n",
                          grouped(static_cast<std::int64_t>(policy_.nodes.size() - shown), "more node"));
    return text;
  }

 private:
  /// Neither the tolerance nor the end of what double arithmetic can prove was met.
  bool undecided() const {
    const bool ended = solution_.status == Status::kBudgetExhausted || solution_.status == Status::kStoppedByCaller;
    return ended && std::isfinite(solution_.gap) && solution_.gap > tolerance_;
  }

  const mdp::BeliefModel::Choice& choice(const ControllerNode& node) const {
    return model_.cell(node.cell).choices[static_cast<std::size_t>(node.choice)];
  }
  std::string action(const ControllerNode& node) const {
    return question_.problem.model.action_name(choice(node).action);
  }
  std::string successors(const ControllerNode& node) const {
    if (node.next.empty()) return "the play ends";
    const bool same = std::ranges::all_of(node.next, [&](std::int32_t next) { return next == node.next.front(); });
    if (same) return fmt::format("node {}", node.next.front());
    std::string text;
    for (std::size_t k = 0; k < node.next.size(); ++k)
      text += fmt::format("{}{}: {}",
                          k == 0                           ? ""
                          : question_.hidden->rewards_seen ? "; "
                                                           : ", ",
                          observation_name(question_, choice(node).messages[k].observation), node.next[k]);
    return text;
  }

  void write_node(JsonWriter& json, const ControllerNode& node) const {
    json.begin_object().member("action", static_cast<int>(choice(node).action)).key("next").begin_object();
    for (std::size_t k = 0; k < node.next.size(); ++k)
      json.member(observation_name(question_, choice(node).messages[k].observation), static_cast<int>(node.next[k]));
    json.end_object().end_object();
  }

  Question question_;
  mdp::BeliefModel model_;
  LatentSolution solution_;
  double tolerance_;
  Controller policy_;
};

std::vector<double> read_weights(const Arguments& arguments, std::size_t contexts) {
  const auto typed = arguments.text("weights");
  if (!typed) return {};
  std::vector<double> weights;
  for (std::size_t begin = 0; begin <= typed->size();) {
    const std::size_t end = std::min(typed->find(',', begin), typed->size());
    const std::string part = typed->substr(begin, end - begin);
    const auto weight = parse_double(part);
    if (!weight || !(*weight >= 0))
      throw InvalidOption(fmt::format("solve: option --weights: '{}' is no weight, a number of at least 0", part));
    weights.push_back(*weight);
    begin = end + 1;
  }
  if (weights.size() != contexts) {
    throw InvalidOption(fmt::format("solve: option --weights has {}, but the file has {}",
                                    counted(static_cast<std::int64_t>(weights.size()), "weight"),
                                    counted(static_cast<std::int64_t>(contexts), "context")));
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(std::abs(sum - 1) <= 1e-9))
    throw InvalidOption(fmt::format("solve: option --weights: the weights sum to {:.12g}, must sum to 1", sum));
  return weights;
}

void refuse_without_contexts(const Arguments& arguments, const mdp::ModelFile& file) {
  if (!file.contexts.empty()) return;
  for (const char* option : {"weights", "rewards-observed"})
    if (arguments.has(option))
      throw InvalidOption(fmt::format("solve: --{} goes with a latent model: a file with a `context` column", option));
}

}  // namespace

std::optional<HiddenQuestion> read_hidden(const Arguments& arguments, const mdp::ModelFile& file,
                                          const solvers::Problem& problem,
                                          const std::optional<std::vector<double>>& initial) {
  refuse_without_contexts(arguments, file);
  if (file.contexts.empty() && !file.observations) return std::nullopt;
  if (problem.criterion != solvers::Criterion::kDiscounted && problem.criterion != solvers::Criterion::kFinite)
    throw InvalidOption("solve: models that are not fully seen are planned for with --horizon H or --discount G");
  constexpr int kLongest = 1'000'000;  // planners of hidden states keep something for every stage
  if (problem.horizon > kLongest)
    throw InvalidOption(fmt::format(
        "solve: option --horizon is '{}', must be a whole number from 1 to 1,000,000 for models that are not fully "
        "seen",
        problem.horizon));
  if (arguments.has("reach") || arguments.has("goal"))
    throw InvalidOption("solve: --reach and --goal do not go with models that are not fully seen");
  if (!problem.stages.empty())
    throw InvalidOption("solve: models that are not fully seen must be the same at every stage");
  if (file.observations) {
    return HiddenQuestion{.model = mdp::Pomdp(problem.model, *file.observations),
                          .observation_names = file.observations->names};
  }
  const bool seen = arguments.has("rewards-observed");
  std::vector<mdp::TabularMdp> contexts;
  for (mdp::TabularMdp context : file.contexts) {
    if (const auto name = arguments.text("rewards")) context = with_rewards("solve", context, *name);
    contexts.push_back(initial ? context.with_initial(*initial) : context);
  }
  std::vector<double> weights = read_weights(arguments, contexts.size());
  if (weights.empty()) weights.assign(contexts.size(), 1.0 / static_cast<double>(contexts.size()));
  const auto count = static_cast<int>(contexts.size());
  mdp::Pomdp model = mdp::LatentMdp(std::move(contexts), std::move(weights), seen).pomdp();
  std::vector<std::string> names = model.observations().names;
  return HiddenQuestion{.model = std::move(model),
                        .contexts = count,
                        .observation_names = std::move(names),
                        .observations_are_states = !seen,
                        .rewards_seen = seen};
}

Planner find_hidden_planner(const std::string& name, const Question& question) {
  const solvers::LatentRow& row = solvers::find_latent(name, question.problem.criterion);
  return {.name = row.name,
          .summary = row.summary,
          .options = row.options,
          .run = [&row, &question](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
            const solvers::Problem& plain = question.problem;
            LatentSolution found = row.run({.model = question.hidden->model,
                                            .criterion = plain.criterion,
                                            .direction = plain.direction,
                                            .discount = plain.discount,
                                            .horizon = plain.horizon},
                                           settings, run);
            solvers::Solution solution{.status = found.status, .algorithm = found.algorithm, .note = found.note};
            solution.gap = found.gap;
            solution.iterations = found.iterations;
            solution.trace = found.trace;
            return Planned{.solution = std::move(solution),
                           .addition = std::make_shared<HiddenAddition>(question, std::move(found), run.tolerance)};
          }};
}

}  // namespace bellwether::cli
