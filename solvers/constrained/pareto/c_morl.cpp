#include "solvers/constrained/pareto/c_morl.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/errors.h"

namespace bellwether::solvers {
namespace {

using constrained::VectorPlanner;

/// Points in order of selection: farthest from their neighbours first, those not selected before.
std::vector<std::size_t> most_isolated(const std::vector<FrontPoint>& points, const std::vector<Objectives>& before,
                                       int count) {
  std::vector<Objectives> values;
  for (const FrontPoint& p : points) values.push_back(p.at());
  const std::vector<double> distance = crowding_distance(values);
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
  std::erase_if(order,
                [&](std::size_t i) { return std::find(before.begin(), before.end(), values[i]) != before.end(); });
  if (order.size() > static_cast<std::size_t>(count)) order.resize(static_cast<std::size_t>(count));
  return order;
}

/// Of points that lie within `grain` of each other in every objective the first.
std::vector<std::size_t> apart(const std::vector<Objectives>& values, double grain) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool new_here = std::ranges::none_of(kept, [&](std::size_t j) {
      return std::ranges::equal(values[i], values[j], [&](double a, double b) { return std::abs(a - b) <= grain; });
    });
    if (new_here) kept.push_back(i);
  }
  return kept;
}

/// Non-dominated points that are more than `grain` apart, at most `buffer` of them.
void tidy(std::vector<FrontPoint>& points, double grain, int buffer) {
  const auto keep = [&](const std::vector<std::size_t>& which) {
    std::vector<FrontPoint> kept;
    for (const std::size_t i : which) kept.push_back(std::move(points[i]));
    points = std::move(kept);
  };
  const auto values_of = [](const std::vector<FrontPoint>& of) {
    std::vector<Objectives> values;
    for (const FrontPoint& p : of) values.push_back(p.at());
    return values;
  };
  keep(apart(values_of(points), grain));
  keep(non_dominated(values_of(points)));
  while (points.size() > static_cast<std::size_t>(buffer)) {
    const std::vector<double> distance = crowding_distance(values_of(points));
    points.erase(points.begin() + (std::min_element(distance.begin(), distance.end()) - distance.begin()));
  }
}

}  // namespace

CMorlResult c_morl(const MultiObjectiveProblem& problem, const CMorlOptions& options) {
  bellwether::require_valid("c-morl", options);
  require_one_model(problem);
  const VectorPlanner planner(problem.question, problem.objectives);
  const int objectives = planner.num_columns();
  CMorlResult result;
  double scale = 0;
  for (int k = 0; k < objectives; ++k) scale = std::max(scale, planner.scale(k));
  // What the programs of the extensions leave open: ten times their precision.
  const double precision = 1e-8 * scale, grain = 10 * precision;
  for (const std::vector<double>& w : weight_grid(objectives, options.divisions)) {
    VectorPlanner::Best best = planner.best(w, 1e-9 * scale + 1e-300);
    ++result.solves;
    if (best.v.size() == 0) continue;
    FrontPoint point{.policy = std::move(best.policy), .value = {}};
    point.value = planner.evaluate(point.policy);
    result.points.push_back(std::move(point));
  }
  tidy(result.points, grain, options.buffer);
  const auto remember = [&] {
    result.fronts.emplace_back();
    for (const FrontPoint& p : result.points) result.fronts.back().push_back(p.at());
  };
  remember();
  std::vector<Objectives> selected;
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<FrontPoint> added;
    for (const std::size_t j : most_isolated(result.points, selected, options.selected)) {
      const Objectives from = result.points[j].at(), thresholds = relaxed(from, options.beta);
      selected.push_back(from);
      for (int l = 0; l < objectives; ++l) {
        ++result.solves;
        const mdp::Policy& start = result.points[j].policy.stationary;
        if (options.form == "barrier") {
          added.push_back(extend_by_barrier(problem, l, thresholds, start, {.sharpness = options.sharpness}).point);
        } else if (options.form == "trust-region") {
          added.push_back(extend_by_trust_region(problem, l, thresholds, start, {.radius = options.radius}).point);
        } else if (Extension extension = extend_by_program(problem, l, thresholds, precision); extension.found) {
          added.push_back(std::move(extension.point));
        }
      }
    }
    for (FrontPoint& point : added) result.points.push_back(std::move(point));
    tidy(result.points, grain, options.buffer);
    remember();
  }
  return result;
}

}  // namespace bellwether::solvers
