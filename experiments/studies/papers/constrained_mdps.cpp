#include <cmath>
#include <utility>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/constrained/instances.h"
#include "proofs_checks/bounds/constrained.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::studies {
namespace {

/// The budgets that are looked at: from the least cost of any policy to beyond what the best policy without one spends.
constexpr double kLeast = 0.9783, kMost = 6;
constexpr int kLimits = 26;

struct Point {
  double limit, value, multiplier;
};

Point solved(double limit) {
  const solvers::ConstrainedProblem problem{.model = mdp::two_state_cmdp(limit), .discount = 0.9};
  const auto answer = solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-9});
  return {limit, answer.expected.value, answer.budgets[0].multiplier};
}

Findings price(const Observer& observer) {
  Series value{.name = "best value within the budget", .look = Look::kMarked};
  for (int i = 0; i < kLimits && observer({.iteration = i}); ++i) {
    const Point point = solved(kLeast + (kMost - kLeast) * i / (kLimits - 1));
    value.x.push_back(point.limit);
    value.y.push_back(point.value);
    value.at.push_back(point.multiplier);
  }
  return {.series = {std::move(value)}};
}

/// The line with the multiplier as its slope, which the value never crosses.
Findings tangent(double limit) {
  const Point point = solved(limit);
  Series line{.name = "price at budget " + short_number(limit),
              .x = {kLeast, kMost},
              .formula = "V(d) + y (budget - d), y = " + short_number(point.multiplier)};
  for (const double x : line.x) line.y.push_back(point.value + point.multiplier * (x - limit));
  return {.series = {std::move(line)},
          .numbers = {{short_number(limit), short_number(point.value), short_number(point.multiplier)}}};
}

std::vector<Piece> budget() {
  std::vector<Piece> all = {price};
  for (const double limit : {1.5, 3.0, 5.0}) all.emplace_back([limit](const Observer&) { return tangent(limit); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {"two states, two choices, discount 0.9; without a budget the best policy spends 5.472"}};
  });
  return all;
}

/// The mean of the first k iterates' gaps and excesses, for runs that were told to take so many steps.
struct Means {
  double gap = 0, excess = 0;
};

constexpr const char* kGap = "|mean of V* - V_k|";
constexpr const char* kExcess = "mean violation";

Findings averages(const Observer& observer) {
  solvers::ConstrainedProblem problem = drawn_with_budget();
  problem.discount = 0.5;
  problem.model = problem.model.with_limits({0.9});
  const auto exact = solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-10});
  const solvers::constrained::Lagrangian on(problem);
  solvers::constrained::ColumnPool pool(on);
  const double slack = on.limit(0) - solvers::constrained::find_safe(on, pool).collected[1].value;
  Series gap{.name = kGap, .look = Look::kMarked}, excess{.name = kExcess, .look = Look::kMarked};
  Series gap_bound{.name = "bound of the gap", .formula = "7 / ((1-g)^2 sqrt T)", .of = kGap},
      excess_bound{
          .name = "bound of the violation", .formula = "(2/slack + 4 slack) / ((1-g)^2 sqrt T)", .of = kExcess};
  Findings out;
  for (const std::int64_t steps : {10, 30, 100, 300, 1000, 3000, 10'000}) {
    solvers::NpgPrimalDualOptions options;
    options.iterations = steps - 1;
    options.record = 1;
    const auto run = solvers::npg_primal_dual(problem, options, {.tolerance = 0, .observer = observer});
    if (run.status == Status::kStoppedByCaller) return {};
    Means mean;
    for (const solvers::PathRow& row : run.path) {
      mean.gap += (exact.expected.value - row.value) / static_cast<double>(run.path.size());
      mean.excess += row.violation / static_cast<double>(run.path.size());
    }
    const auto x = static_cast<double>(steps);
    for (Series* series : {&gap, &excess, &gap_bound, &excess_bound}) series->x.push_back(x);
    gap.y.push_back(std::abs(mean.gap));
    excess.y.push_back(mean.excess);
    gap_bound.y.push_back(bounds::npg_primal_dual_gap(steps, problem.discount));
    excess_bound.y.push_back(bounds::npg_primal_dual_excess(steps, problem.discount, slack));
    out.numbers.push_back({short_number(x), short_number(mean.gap), short_number(mean.excess),
                           short_number(gap_bound.y.back()), short_number(excess_bound.y.back())});
  }
  out.series = {std::move(gap), std::move(excess), std::move(gap_bound), std::move(excess_bound)};
  out.notes = {"a drawn model: 6 states, 3 choices, discount 0.5, limit 0.9; a run of its own for each T"};
  return out;
}

}  // namespace

std::vector<Study> constrained_mdps_studies() {
  return {{.paper = "constrained-mdps",
           .name = "budget",
           .title = "What a budget is worth",
           .summary = "the best value against the budget: concave, with the multiplier as its slope",
           .x = {.name = "budget: expected discounted cost at most"},
           .y = {.name = "value"},
           .at = "multiplier",
           .heading = {"budget", "value", "multiplier"},
           .pieces = budget},
          {.paper = "constrained-mdps",
           .name = "averages",
           .title = "Natural policy gradient primal-dual: averages over T steps",
           .summary = "mean gap and mean violation with the theorem's steps, and its bound",
           .x = {.name = "steps T", .logarithmic = true},
           .y = {.name = "mean over the iterates", .logarithmic = true},
           .heading = {"T", "mean gap", "mean violation", "bound of the gap", "bound of the violation"},
           .pieces = [] { return std::vector<Piece>{averages}; }}};
}

}  // namespace bellwether::studies
