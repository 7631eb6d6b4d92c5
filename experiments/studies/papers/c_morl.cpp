#include "solvers/constrained/pareto/c_morl.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "core/stream.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/constrained/instances.h"
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
      .notes = {"11 x 10 sea, 25 moves (start: the left upper corner). The line is reached by drawing between corners",
                "Hypervolume in the table: the area that the points dominate, down to treasure 0 and time -25"}};
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
          .notes = {"a drawn model: 6 states, 3 choices, discount 0.9",
                    "Hypervolume in the table: the area that the points dominate, down to 0 of both objectives"}};
}

// --- Hypervolume against solves --------------------------------------------------------------------------------------

constexpr int kLarger = 8;

/// One line of points, one a budget of solves; the table gets the last.
class Curve {
 public:
  explicit Curve(std::string name) { series_ = {.name = std::move(name), .look = Look::kMarked}; }

  void add(double at, std::int64_t solves, double y) {
    series_.x.push_back(static_cast<double>(solves));
    series_.at.push_back(at);
    series_.y.push_back(y);
  }
  /// The row tells the last point, and more of it.
  Findings with(std::vector<std::string> more) {
    std::vector<std::string> row = {series_.name, short_number(series_.x.back()), short_number(series_.y.back())};
    row.insert(row.end(), more.begin(), more.end());
    return {.series = {std::move(series_)}, .numbers = {std::move(row)}};
  }

 private:
  Series series_;
};

double volume_of(const std::vector<Objectives>& points) { return solvers::hypervolume(points, Objectives(3, 0.0)); }

/// Mean over 231 weightings of the best weighted sum; sparsity.
std::vector<std::string> measures(const std::vector<Objectives>& points) {
  return {short_number(solvers::expected_utility(points, solvers::weight_grid(3, 20))),
          short_number(solvers::sparsity(points))};
}

Findings grids(const Observer& observer) {
  Curve curve("grids of weights");
  std::vector<Objectives> last;
  for (const int divisions : {1, 2, 3, 4, 6, 8, 10, 12}) {
    if (!observer({.iteration = divisions})) return {};
    const solvers::CMorlResult found = solvers::c_morl(drawn(3, kLarger), {.divisions = divisions, .rounds = 0});
    last = found.fronts.back();
    curve.add(divisions, found.solves, volume_of(last));
  }
  return curve.with(measures(last));
}

/// What policies for random weights collect: after each of these numbers of solves, those that none dominates.
void random_weights(const MultiObjectiveProblem& problem, const std::vector<int>& solves, const Observer& observer,
                    const std::function<void(int, const std::vector<Objectives>&)>& heard) {
  const solvers::constrained::VectorPlanner planner(problem.question, problem.objectives);
  Stream draw = Stream(7).child("weights");
  std::vector<Objectives> points;
  for (int k = 1; k <= solves.back(); ++k) {
    if (!observer({.iteration = k})) return;
    std::vector<double> weights;
    double sum = 0;
    for (std::size_t i = 0; i < problem.objectives.size(); ++i)
      sum += weights.emplace_back(-std::log(1 - draw.uniform()));  // uniform on the simplex once divided by the sum
    for (double& w : weights) w /= sum;
    Objectives point;
    for (const solvers::Bounded& value : planner.evaluate(planner.best(weights, 1e-9).policy))
      point.push_back(value.value);
    points.push_back(std::move(point));
    if (std::ranges::find(solves, k) == solves.end()) continue;
    std::vector<Objectives> best;
    for (const std::size_t i : solvers::non_dominated(points)) best.push_back(points[i]);
    heard(k, best);
  }
}

Findings randomly(const Observer& observer) {
  Curve curve("random weights");
  std::vector<Objectives> last;
  random_weights(drawn(3, kLarger), {3, 6, 10, 15, 28, 45, 66, 91}, observer,
                 [&](int solves, const std::vector<Objectives>& points) {
                   curve.add(solves, solves, volume_of(points));
                   last = points;
                 });
  return last.empty() ? Findings{} : curve.with(measures(last));
}

Findings extended(const std::string& form, const Observer& observer) {
  Curve curve(form == "program"   ? "C-MORL, by linear programs"
              : form == "barrier" ? "C-MORL, by interior points"
                                  : "C-MORL, within trust regions");
  std::vector<Objectives> last;
  for (int rounds = 0; rounds <= 3; ++rounds) {
    if (!observer({.iteration = rounds})) return {};
    const solvers::CMorlResult found =
        solvers::c_morl(drawn(3, kLarger), {.divisions = 2, .rounds = rounds, .form = form});
    last = found.fronts.back();
    curve.add(rounds, found.solves, volume_of(last));
  }
  return curve.with(measures(last));
}

Findings corners(const Observer& observer) {
  const solvers::CoverageSet set = solvers::linear_support(drawn(3, kLarger), {}, {.observer = observer});
  const double volume = volume_of(set.values());
  std::vector<std::string> row = {"optimistic linear support, complete", fmt::format("{}", set.solves),
                                  short_number(volume)};
  for (std::string& more : measures(set.values())) row.push_back(std::move(more));
  return {.marks = {{"optimistic linear support, complete", static_cast<double>(set.solves), volume}},
          .numbers = {std::move(row)},
          .notes = {"a drawn model: 8 states, 3 choices, three objectives, discount 0.9; volume above (0, 0, 0); rows "
                    "tell the last point of each line, expected utility over 231 weightings"}};
}

// --- Fruit tree ------------------------------------------------------------------------------------------------------

constexpr int kDepth = 5, kFruits = 6;

MultiObjectiveProblem fruit_tree() {
  const mdp::TabularMdp tree = mdp::fruit_tree(kDepth, kFruits, Stream(1));
  MultiObjectiveProblem problem{
      .question = {.model = tree, .criterion = solvers::Criterion::kFinite, .horizon = kDepth + 1}, .objectives = {}};
  for (const mdp::Column& column : tree.data().rewards) problem.objectives.push_back(column.name);
  return problem;
}

double utility_of(const std::vector<Objectives>& points) {
  return solvers::expected_utility(points, solvers::weight_grid(kFruits, 8));
}

Findings fruits_by_grids(const Observer& observer) {
  Curve curve("grids of weights");
  for (const int divisions : {1, 2, 3, 4}) {
    if (!observer({.iteration = divisions})) return {};
    const solvers::CMorlResult found = solvers::c_morl(fruit_tree(), {.divisions = divisions, .rounds = 0});
    curve.add(divisions, found.solves, utility_of(found.fronts.back()));
  }
  return curve.with({});
}

Findings fruits_randomly(const Observer& observer) {
  Curve curve("random weights");
  bool heard = false;
  random_weights(fruit_tree(), {6, 12, 21, 42, 56, 78, 126}, observer,
                 [&](int solves, const std::vector<Objectives>& points) {
                   curve.add(solves, solves, utility_of(points));
                   heard = true;
                 });
  return heard ? curve.with({}) : Findings{};
}

Findings fruits_extended(const Observer& observer) {
  Curve curve("C-MORL, by linear programs");
  for (int rounds = 0; rounds <= 3; ++rounds) {
    if (!observer({.iteration = rounds})) return {};
    const solvers::CMorlResult found = solvers::c_morl(fruit_tree(), {.divisions = 1, .rounds = rounds});
    curve.add(rounds, found.solves, utility_of(found.fronts.back()));
  }
  return curve.with({});
}

Findings all_fruits(const Observer&) {
  std::vector<Objectives> points;
  for (const solvers::ParetoPlan& plan : solvers::pareto_value_iteration(fruit_tree())) points.push_back(plan.value);
  return {.numbers = {{fmt::format("all {} leaves that none dominates", points.size()), "-",
                       short_number(utility_of(points))}},
          .notes = {"a tree of depth 5, 32 leaves with six objectives each; expected utility over 1,287 weightings. No "
                    "set of policies has more than all leaves have"}};
}

}  // namespace

std::vector<Study> c_morl_studies() {
  return {
      {.paper = "c-morl",
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
      {.paper = "c-morl",
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
      {.paper = "c-morl",
       .name = "hypervolume",
       .title = "Hypervolume against the number of exact solves",
       .summary = "finer grids of weights and random weights against C-MORL's rounds of constrained extensions",
       .x = {.name = "exact solves"},
       .y = {.name = "hypervolume"},
       .at = "divisions, solves or rounds",
       .heading = {"method", "solves", "hypervolume", "expected utility", "sparsity"},
       .pieces =
           [] {
             return std::vector<Piece>{grids,
                                       randomly,
                                       [](const Observer& observer) { return extended("program", observer); },
                                       [](const Observer& observer) { return extended("barrier", observer); },
                                       [](const Observer& observer) { return extended("trust-region", observer); },
                                       corners};
           }},
      {.paper = "c-morl",
       .name = "fruit-tree",
       .title = "Six fruits: expected utility against the number of exact solves",
       .summary = "policies for weights, on a grid and at random, against C-MORL's rounds, on a tree of depth five",
       .x = {.name = "exact solves"},
       .y = {.name = "mean over weightings of the best weighted sum"},
       .at = "divisions, solves or rounds",
       .heading = {"method", "solves", "expected utility"},
       .pieces = [] {
         return std::vector<Piece>{fruits_by_grids, fruits_randomly, fruits_extended, all_fruits};
       }}};
}

}  // namespace bellwether::studies
