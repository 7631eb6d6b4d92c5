#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::studies {
namespace {

using solvers::ConstrainedProblem;
using solvers::ConstrainedSolution;
using solvers::PathRow;

constexpr double kStep = 1, kDualStep = 0.5;

struct Method {
  const char* name;
  ConstrainedSolution (*run)(const ConstrainedProblem&, std::int64_t iterations, int record, const Observer&);
};

template <class Options>
Options steps(std::int64_t iterations, int record) {
  Options options;
  options.step = kStep;
  options.iterations = iterations;
  options.record = record;
  return options;
}

template <class Options>
Options both_steps(std::int64_t iterations, int record) {
  Options options = steps<Options>(iterations, record);
  options.dual_step = kDualStep;
  return options;
}

const std::vector<Method>& methods() {
  static const std::vector<Method> all = {
      {"descent-ascent",
       [](const ConstrainedProblem& problem, std::int64_t iterations, int record, const Observer& observer) {
         auto options = both_steps<solvers::ReloadOptions>(iterations, record);
         options.optimistic = false;
         return solvers::reload(problem, options, {.tolerance = 0, .observer = observer});
       }},
      {"PID Lagrangian",
       [](const ConstrainedProblem& problem, std::int64_t iterations, int record, const Observer& observer) {
         return solvers::pid_lagrangian(problem, steps<solvers::PidLagrangianOptions>(iterations, record),
                                        {.tolerance = 0, .observer = observer});
       }},
      {"ReLOAD (optimistic)",
       [](const ConstrainedProblem& problem, std::int64_t iterations, int record, const Observer& observer) {
         return solvers::reload(problem, both_steps<solvers::ReloadOptions>(iterations, record),
                                {.tolerance = 0, .observer = observer});
       }},
      {"extra-gradient",
       [](const ConstrainedProblem& problem, std::int64_t iterations, int record, const Observer& observer) {
         return solvers::extra_gradient(problem, both_steps<solvers::ExtraGradientOptions>(iterations, record),
                                        {.tolerance = 0, .observer = observer});
       }},
  };
  return all;
}

ConstrainedSolution program(const ConstrainedProblem& problem) {
  return solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-11});
}

/// |V - V*| + |excess| + |y - y*|: the saddle point has excess 0, since the limit binds.
double distance(const PathRow& row, const ConstrainedSolution& exact) {
  return std::abs(row.value - exact.expected.value) + std::abs(row.violation) +
         std::abs(row.multipliers[0] - exact.budgets[0].multiplier);
}

Findings portrait_of(const Method& method, const Observer& observer) {
  constexpr int kIterations = 600;
  const ConstrainedProblem problem = drawn_with_budget();
  const ConstrainedSolution run = method.run(problem, kIterations, 1, observer), exact = program(problem);
  Series series{.name = method.name};
  double last_excess = 0, last_error = 0;
  for (const PathRow& row : run.path) {
    series.at.push_back(static_cast<double>(row.iteration));
    series.x.push_back(row.violation);
    series.y.push_back(row.value);
    if (row.iteration <= kIterations - 100) continue;
    last_excess = std::max(last_excess, row.violation);
    last_error = std::max(last_error, std::abs(row.value - exact.expected.value));
  }
  return {.series = {std::move(series)},
          .numbers = {
              {method.name, short_number(run.path.back().value), short_number(last_error), short_number(last_excess)}}};
}

Findings optimum() {
  const ConstrainedSolution exact = program(drawn_with_budget());
  return {.marks = {{"optimum of the linear program", 0, exact.expected.value}},
          .numbers = {{"linear program", short_number(exact.expected.value), "0", "0"}},
          .notes = {fmt::format("a drawn model: 6 states, 3 choices, discount 0.8, limit {:.4g}, multiplier {:.4g}; "
                                "600 steps of length {:g} and {:g}",
                                exact.budgets[0].limit, exact.budgets[0].multiplier, kStep, kDualStep)}};
}

std::vector<Piece> portrait() {
  std::vector<Piece> all;
  for (const Method& method : methods())
    all.emplace_back([&method](const Observer& observer) { return portrait_of(method, observer); });
  all.emplace_back([](const Observer&) { return optimum(); });
  return all;
}

Findings distance_of(const Method& method, const Observer& observer) {
  const ConstrainedProblem problem = drawn_with_budget();
  const ConstrainedSolution run = method.run(problem, 10'000, 0, observer), exact = program(problem);
  Series series{.name = method.name};
  for (const PathRow& row : run.path) {
    if (row.iteration == 0) continue;
    series.x.push_back(static_cast<double>(row.iteration));
    series.y.push_back(distance(row, exact));
  }
  Findings out;
  out.numbers = {{method.name, settled_text(series.x, series.y, 0.1), settled_text(series.x, series.y, 1e-3),
                  short_number(series.y.back())}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> distances() {
  std::vector<Piece> all;
  for (const Method& method : methods())
    all.emplace_back([&method](const Observer& observer) { return distance_of(method, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {"the model and the steps of the portrait; distances from the linear program's answer"}};
  });
  return all;
}

}  // namespace

std::vector<Study> reload_studies() {
  return {{.paper = "reload",
           .name = "portrait",
           .title = "Value against violation: who circles and who settles",
           .summary = "the way of the last iterate of four methods through the plane of value and violation",
           .x = {.name = "violation: cost above the limit"},
           .y = {.name = "value"},
           .at = "iteration",
           .heading = {"method", "value at 600", "value off, last 100", "violation, last 100"},
           .pieces = portrait},
          {.paper = "reload",
           .name = "distance",
           .title = "Distance of the last iterate from the saddle point",
           .summary = "value, violation and multiplier together against the number of steps",
           .x = {.name = "iterations k", .logarithmic = true},
           .y = {.name = "|V - V*| + |violation| + |y - y*|", .logarithmic = true},
           .heading = {"method", "k for 0.1", "k for 0.001", "last distance"},
           .pieces = distances}};
}

}  // namespace bellwether::studies
