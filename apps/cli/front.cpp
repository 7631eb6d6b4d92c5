// Several objectives at once: the planners that find points which nothing beats.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/front_addition.h"
#include "apps/cli/planner.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "solvers/constrained/pareto/c_morl.h"
#include "solvers/constrained/pareto/coverage_set.h"
#include "solvers/constrained/pareto/pareto_value_iteration.h"

namespace bellwether::cli {
namespace {

using solvers::Bounded;
using solvers::CoverageSet;
using solvers::MultiObjectiveProblem;

Bounded signed_value(const Bounded& x, double sign) {
  return sign > 0 ? x : Bounded{.value = 0 - x.value, .lower = 0 - x.upper, .upper = 0 - x.lower};
}

mdp::Column turned(mdp::Column column, double sign) {
  if (sign > 0) return column;
  for (auto* numbers : {&column.expected, &column.by_transition}) {
    std::vector<double> negated(numbers->begin(), numbers->end());
    for (double& x : negated) x = 0 - x;
    *numbers = std::move(negated);
  }
  return column;
}

/// The model with the objectives for rewards, all of them to be large.
mdp::TabularMdp with_objectives(const mdp::TabularMdp& model, const std::vector<Objective>& objectives) {
  mdp::ModelData data = model.data();
  std::vector<mdp::Column> columns = data.rewards;
  columns.insert(columns.end(), data.costs.begin(), data.costs.end());
  data.rewards.clear();
  data.costs.clear();
  data.reward_laws = {};
  for (const Objective& objective : objectives) {
    const auto named = std::ranges::find(columns, objective.name, &mdp::Column::name);
    data.rewards.push_back(turned(*named, objective.sign));
  }
  return mdp::TabularMdp(std::move(data));
}

MultiObjectiveProblem problem_of(const Question& question) {
  MultiObjectiveProblem problem{.question = question.problem, .objectives = {}};
  problem.question.direction = solvers::Direction::kMaximise;
  problem.question.model = with_objectives(problem.question.model, question.objectives);
  for (mdp::TabularMdp& stage : problem.question.stages) stage = with_objectives(stage, question.objectives);
  for (const Objective& objective : question.objectives) problem.objectives.push_back(objective.name);
  return problem;
}

std::vector<ShownPoint> points_of(std::vector<solvers::FrontPoint> found, const std::vector<Objective>& objectives) {
  std::vector<ShownPoint> points;
  for (solvers::FrontPoint& at : found) {
    points.push_back({.value = {}, .policy = std::move(at.policy)});
    for (std::size_t k = 0; k < objectives.size(); ++k)
      points.back().value.push_back(signed_value(at.value[k], objectives[k].sign));
  }
  return points;
}

Planned planned(const Question& question, std::string_view name, Status status, double gap, std::int64_t solves,
                Front front) {
  solvers::Solution solution{.status = status, .algorithm = std::string(name)};
  solution.gap = gap;
  solution.iterations = solves;
  return {.solution = std::move(solution), .addition = front_addition(question, std::move(front))};
}

// The planners.

template <CoverageSet (*Planner)(const MultiObjectiveProblem&, const solvers::LinearSupportOptions&,
                                 const solvers::SolveOptions&)>
Planned coverage_set(std::string_view name, const Question& question, const std::vector<Setting>& settings,
                     const solvers::SolveOptions& run) {
  solvers::LinearSupportOptions options;
  apply_settings(name, options, settings);
  CoverageSet set = Planner(problem_of(question), options, run);
  Front front{
      .points = points_of(std::move(set.points), question.objectives),
      .proof = std::isfinite(set.gap)
                   ? fmt::format("for every weighting of the objectives one of these points is within {} of the "
                                 "best that any policy collects (weights that sum to one)",
                                 scientific(set.gap))
                   : std::string("each point is what its policy collects; that nothing lies beyond them is not "
                                 "proven yet")};
  return planned(question, name, set.status, set.gap, set.solves, std::move(front));
}

Planned morl(std::string_view name, const Question& question, const std::vector<Setting>& settings,
             const solvers::SolveOptions&) {
  solvers::CMorlOptions options;
  apply_settings(name, options, settings);
  solvers::CMorlResult found = solvers::c_morl(problem_of(question), options);
  Front front{.points = points_of(std::move(found.points), question.objectives),
              .proof = "each point is what its policy collects; that nothing lies beyond them is not proven",
              .joined = false,
              .limit = "the rounds of the method"};
  return planned(question, name, Status::kBudgetExhausted, INFINITY, found.solves, std::move(front));
}

Planned deterministic(std::string_view name, const Question& question, const std::vector<Setting>& settings,
                      const solvers::SolveOptions&) {
  solvers::ParetoValueIterationOptions options;
  apply_settings(name, options, settings);
  const MultiObjectiveProblem problem = problem_of(question);
  std::vector<solvers::ParetoPlan> plans = solvers::pareto_value_iteration(problem, options);
  Front front{.points = {},
              .proof =
                  "these are all the points of policies that never draw (nothing is left to chance in this model), "
                  "but for rounding",
              .joined = false};
  for (solvers::ParetoPlan& plan : plans) {
    front.points.push_back({.value = {}, .policy = {}, .plan = std::move(plan.choices)});
    for (std::size_t k = 0; k < question.objectives.size(); ++k) {
      const double x = question.objectives[k].sign * plan.value[k] + 0.0;
      front.points.back().value.push_back({.value = x, .lower = x, .upper = x});
    }
  }
  return planned(question, name, Status::kConverged, INFINITY, static_cast<std::int64_t>(plans.size()),
                 std::move(front));
}

struct FrontRow {
  std::string_view name, summary;
  std::vector<OptionRow> (*options)();
  Planned (*run)(std::string_view name, const Question& question, const std::vector<Setting>& settings,
                 const solvers::SolveOptions& run);
};

constexpr FrontRow kSweep = {"two-objective-sweep", "exact solves for the line between neighbours (Aneja and Nair)",
                             [] { return option_rows<solvers::LinearSupportOptions>(); },
                             &coverage_set<&solvers::two_objective_sweep>};
constexpr FrontRow kSupport = {
    "linear-support", "exact solves at the corners of what was found, two to four objectives",
    [] { return option_rows<solvers::LinearSupportOptions>(); }, &coverage_set<&solvers::linear_support>};
constexpr FrontRow kMorl = {"c-morl", "a grid of weights, then constrained steps from the loneliest points",
                            [] { return option_rows<solvers::CMorlOptions>(); }, &morl};
constexpr FrontRow kDeterministic = {
    "pareto-value-iteration", "all points of policies that do not draw; deterministic models, finite horizon",
    [] { return option_rows<solvers::ParetoValueIterationOptions>(); }, &deterministic};

constexpr std::array<const FrontRow*, 4> kRows = {&kSweep, &kSupport, &kMorl, &kDeterministic};

const FrontRow& row_for(const std::string& name, std::size_t objectives) {
  if (name == "auto") return objectives == 2 ? kSweep : objectives <= 4 ? kSupport : kMorl;
  for (const FrontRow* row : kRows)
    if (row->name == name) return *row;
  throw InvalidOption(
      fmt::format("solve: --algorithm {} does not find fronts; with --objectives there are auto, {}, {}, {} and {}",
                  name, kSweep.name, kSupport.name, kMorl.name, kDeterministic.name));
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> front_planners() {
  std::vector<std::pair<std::string_view, std::string_view>> rows;
  for (const FrontRow* row : kRows) rows.emplace_back(row->name, row->summary);
  return rows;
}

Planner find_front_planner(const std::string& name, const Question& question) {
  const FrontRow& row = row_for(name, question.objectives.size());
  return {.name = row.name,
          .summary = row.summary,
          .options = row.options,
          .run = [&row, &question](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
            return row.run(row.name, question, settings, run);
          }};
}

}  // namespace bellwether::cli
