#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/stream.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/constrained/instances.h"
#include "solvers/constrained/pareto/c_morl.h"
#include "solvers/constrained/pareto/coverage_set.h"
#include "solvers/constrained/pareto/pareto_value_iteration.h"

namespace bellwether::studies {
namespace {

using solvers::MultiObjectiveProblem;
using solvers::Objectives;

constexpr const char* kDeterministic = "deterministic policies that nothing deterministic beats";
constexpr const char* kHull = "front of randomised policies";

/// By the first objective, ascending.
Series front(const char* name, std::vector<Objectives> points, Look look) {
  std::ranges::sort(points);
  Series series{.name = name, .look = look};
  for (const Objectives& point : points) {
    series.x.push_back(point[0]);
    series.y.push_back(point[1]);
  }
  return series;
}

std::vector<std::string> row(const std::string& what, const std::vector<Objectives>& points,
                             const Objectives& reference) {
  return {what, fmt::format("{}", points.size()), short_number(solvers::hypervolume(points, reference)),
          short_number(solvers::sparsity(points))};
}

// --- Deep Sea Treasure -----------------------------------------------------------------------------------------------

MultiObjectiveProblem treasure() {
  return {.question = {.model = mdp::deep_sea_treasure(), .criterion = solvers::Criterion::kFinite, .horizon = 25},
          .objectives = {"treasure", "time"}};
}

Findings treasure_points(const Observer&) {
  std::vector<Objectives> points;
  for (const solvers::ParetoPlan& plan : solvers::pareto_value_iteration(treasure())) points.push_back(plan.value);
  return {.series = {front(kDeterministic, points, Look::kPoints)},
          .numbers = {row("deterministic policies", points, {0, -25})}};
}

Findings treasure_hull(const Observer& observer) {
  const solvers::CoverageSet set = solvers::two_objective_sweep(treasure(), {}, {.observer = observer});
  return {
      .series = {front(kHull, set.values(), Look::kLine)},
      .numbers = {row("corners of the randomised front", set.values(), {0, -25})},
      .notes = {"11 x 10 sea, 25 moves; hypervolume above (0, -25). The line is reached by drawing between corners"}};
}

// --- A drawn model ---------------------------------------------------------------------------------------------------

constexpr int kStates = 6, kActions = 3;
constexpr double kDiscount = 0.9;

MultiObjectiveProblem drawn(int objectives, int states) {
  const mdp::TabularMdp model =
      mdp::random_cmdp(Stream(3).child("objectives"),
                       {.states = states, .actions = kActions, .budgets = objectives, .concentration = 0.3})
          .model();
  MultiObjectiveProblem problem{.question = {.model = model, .discount = kDiscount}, .objectives = {}};
  for (const mdp::Column& cost : model.data().costs) problem.objectives.push_back(cost.name);
  return problem;
}

/// What every deterministic stationary policy collects.
std::vector<Objectives> all_policies(const MultiObjectiveProblem& problem, const Observer& observer) {
  const solvers::constrained::VectorPlanner planner(problem.question, problem.objectives);
  std::vector<Objectives> points;
  std::vector<std::int32_t> choice(kStates, 0);
  for (;;) {
    Objectives point;
    for (const solvers::Bounded& value : planner.evaluate({.stationary = mdp::Policy::deterministic(choice)}))
      point.push_back(value.value);
    points.push_back(std::move(point));
    int s = 0;
    while (s < kStates && ++choice[static_cast<std::size_t>(s)] == kActions) choice[static_cast<std::size_t>(s++)] = 0;
    if (s == kStates || !observer({.iteration = static_cast<std::int64_t>(points.size())})) return points;
  }
}

Findings drawn_points(const Observer& observer) {
  const std::vector<Objectives> all = all_policies(drawn(2, kStates), observer);
  std::vector<Objectives> best;
  for (const std::size_t i : solvers::non_dominated(all)) best.push_back(all[i]);
  return {.series = {front("all 729 deterministic policies", all, Look::kPoints),
                     front(kDeterministic, best, Look::kPoints)},
          .numbers = {row("deterministic policies", best, {0, 0})}};
}

Findings drawn_hull(const Observer& observer) {
  const solvers::CoverageSet set = solvers::two_objective_sweep(drawn(2, kStates), {}, {.observer = observer});
  return {.series = {front(kHull, set.values(), Look::kLine)},
          .numbers = {row("corners of the randomised front", set.values(), {0, 0})},
          .notes = {"a drawn model: 6 states, 3 choices, discount 0.9; hypervolume above (0, 0)"}};
}

// --- Hypervolume against solves --------------------------------------------------------------------------------------

constexpr int kLarger = 8;

Findings grids(const Observer& observer) {
  Series series{.name = "grids of weights", .look = Look::kMarked};
  Findings out;
  for (const int divisions : {1, 2, 3, 4, 6, 8, 10, 12}) {
    if (!observer({.iteration = divisions})) return {};
    const solvers::CMorlResult found = solvers::c_morl(drawn(3, kLarger), {.divisions = divisions, .rounds = 0});
    series.x.push_back(static_cast<double>(found.solves));
    series.at.push_back(divisions);
    series.y.push_back(solvers::hypervolume(found.fronts.back(), Objectives(3, 0.0)));
  }
  out.numbers.push_back({"finest grid", short_number(series.x.back()), short_number(series.y.back())});
  out.series.push_back(std::move(series));
  return out;
}

Findings extended(const std::string& form, const Observer& observer) {
  Series series{.name = form == "program" ? "C-MORL, by linear programs" : "C-MORL, by interior points",
                .look = Look::kMarked};
  for (int rounds = 0; rounds <= 3; ++rounds) {
    if (!observer({.iteration = rounds})) return {};
    const solvers::CMorlResult found =
        solvers::c_morl(drawn(3, kLarger), {.divisions = 2, .rounds = rounds, .form = form});
    series.x.push_back(static_cast<double>(found.solves));
    series.at.push_back(rounds);
    series.y.push_back(solvers::hypervolume(found.fronts.back(), Objectives(3, 0.0)));
  }
  Findings out;
  out.numbers = {{series.name + ", 3 rounds", short_number(series.x.back()), short_number(series.y.back())}};
  out.series.push_back(std::move(series));
  return out;
}

Findings corners(const Observer& observer) {
  const solvers::CoverageSet set = solvers::linear_support(drawn(3, kLarger), {}, {.observer = observer});
  const double volume = solvers::hypervolume(set.values(), Objectives(3, 0.0));
  return {.marks = {{"optimistic linear support, complete", static_cast<double>(set.solves), volume}},
          .numbers = {{"optimistic linear support, complete", fmt::format("{}", set.solves), short_number(volume)}},
          .notes = {"a drawn model: 8 states, 3 choices, three objectives, discount 0.9; volume above (0, 0, 0)"}};
}

}  // namespace

std::vector<Study> multi_objective_studies() {
  return {
      {.paper = "multi-objective",
       .name = "treasure",
       .title = "Deep Sea Treasure: what can be had, and how soon",
       .summary = "the exact front of deterministic policies, and the hull that drawing between them reaches",
       .x = {.name = "treasure"},
       .y = {.name = "time: minus the number of moves"},
       .heading = {"front", "points", "hypervolume", "sparsity"},
       .pieces =
           [] {
             return std::vector<Piece>{treasure_points, treasure_hull};
           }},
      {.paper = "multi-objective",
       .name = "front",
       .title = "Two objectives: deterministic policies under the hull",
       .summary = "every deterministic policy of a drawn model, those that none dominates, and the randomised front",
       .x = {.name = "first objective"},
       .y = {.name = "second objective"},
       .heading = {"front", "points", "hypervolume", "sparsity"},
       .pieces =
           [] {
             return std::vector<Piece>{drawn_points, drawn_hull};
           }},
      {.paper = "multi-objective",
       .name = "hypervolume",
       .title = "Hypervolume against the number of exact solves",
       .summary = "finer and finer grids of weights against C-MORL's rounds of constrained extensions",
       .x = {.name = "exact solves"},
       .y = {.name = "hypervolume"},
       .at = "divisions or rounds",
       .heading = {"method", "solves", "hypervolume"},
       .pieces = [] {
         return std::vector<Piece>{grids, [](const Observer& observer) { return extended("program", observer); },
                                   [](const Observer& observer) { return extended("barrier", observer); }, corners};
       }}};
}

}  // namespace bellwether::studies
