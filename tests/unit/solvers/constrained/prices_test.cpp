// What one more unit of a budget is worth, at limits where that jumps and elsewhere.
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "mdp/constrained/instances.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::solvers {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// One step: worth 5 for 1, 3 for 0.5, or 0 for `least`.
ConstrainedProblem one_step(double limit, double least, Direction direction = Direction::kMaximise) {
  const double sign = direction == Direction::kMaximise ? 1 : -1;
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, sign * 5, {{1, 1.0}}).cost("fuel", 1);
  builder.add_choice(0, sign * 3, {{1, 1.0}}).cost("fuel", 0.5);
  builder.add_choice(0, 0, {{1, 1.0}}).cost("fuel", least);
  builder.add_choice(1, 0, {{1, 1.0}});
  return {.model = {std::move(builder).build(), std::vector<double>{limit}},
          .criterion = Criterion::kFinite,
          .direction = direction,
          .horizon = 2};
}

void expect_prices(const BudgetReport& report, double above, double from, double to, double below) {
  EXPECT_NEAR(report.multiplier, above, 1e-9) << report.limit;
  EXPECT_NEAR(report.stays_from, from, 1e-7) << report.limit;
  EXPECT_TRUE(report.stays_to == to || std::abs(report.stays_to - to) < 1e-7) << report.limit << ' ' << report.stays_to;
  EXPECT_TRUE(report.multiplier_below == below || std::abs(report.multiplier_below - below) < 1e-9)
      << report.limit << ' ' << report.multiplier_below;
}

// The value is 0, 3, 5 at limits of 0.25, 0.5, 1: slopes of 12 and 4, then 0.
TEST(Prices, AtACornerAreThoseOfARisingAndOfAFallingLimit) {
  for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
    const auto at = [&](double limit) { return occupancy_lp(one_step(limit, 0.25, direction)).budgets.front(); };
    const double sign = direction == Direction::kMaximise ? 1 : -1;
    expect_prices(at(0.25), sign * 12, 0.25, 0.5, sign * kInfinite);  // nothing costs less
    expect_prices(at(0.375), sign * 12, 0.25, 0.5, sign * 12);
    expect_prices(at(0.5), sign * 4, 0.5, 1, sign * 12);
    expect_prices(at(0.75), sign * 4, 0.5, 1, sign * 4);
    expect_prices(at(1), 0, 1, kInfinite, sign * 4);
    expect_prices(at(2), 0, 1, kInfinite, 0);
    for (const double limit : {1e9, 1e20, 1e308}) expect_prices(at(limit), 0, 1, kInfinite, 0);
  }
}

// Two states that the play goes round in: what is one column at the optimum may be several in a direction.
TEST(Prices, OfALoopOverTwoStages) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 3, {{1, 0.25}, {2, 0.75}}).cost("fuel", 1);
  builder.add_choice(0, 0, {{0, 0.3125}, {1, 0.6875}});
  builder.add_choice(1, 4, {{2, 1.0}});
  builder.add_choice(1, 0, {{0, 0.3125}, {1, 0.5}, {2, 0.1875}});
  builder.add_choice(2, 3, {{1, 0.8125}, {2, 0.1875}});
  const ConstrainedProblem problem{
      .model = {std::move(builder).build(), std::vector<double>{1}}, .criterion = Criterion::kFinite, .horizon = 2};
  expect_prices(occupancy_lp(problem).budgets.front(), 0, 1, kInfinite, 3.5);
}

/// The value when limit i is moved by `by`.
double value_at(ConstrainedProblem problem, std::size_t i, double by) {
  std::vector<double> limits;
  for (const mdp::Budget& budget : problem.model.budgets()) limits.push_back(budget.limit);
  limits[i] += by;
  problem.model = problem.model.with_limits(limits);
  return occupancy_lp(problem, {.sensitivity = false}).optimum.value;
}

// The end of a range is a corner: from there on the price is another one, and below it the one before.
TEST(Prices, ChangeWhereARangeEnds) {
  int corners = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    for (const auto criterion : {Criterion::kDiscounted, Criterion::kFinite, Criterion::kAverage}) {
      ConstrainedProblem problem{.model = mdp::random_cmdp(Stream(seed), {.states = 5, .actions = 3, .budgets = 2}),
                                 .criterion = criterion};
      if (criterion == Criterion::kDiscounted) problem.discount = .9;
      if (criterion == Criterion::kFinite) problem.horizon = 4;
      problem = with_binding_limits(problem, .4);
      const ConstrainedSolution first = occupancy_lp(problem);
      if (first.status != Status::kConverged) continue;
      for (std::size_t i = 0; i < first.budgets.size(); ++i) {
        const BudgetReport& before = first.budgets[i];
        if (before.multiplier == 0 || std::isinf(before.stays_to)) continue;
        std::vector<double> limits;
        for (const mdp::Budget& budget : problem.model.budgets()) limits.push_back(budget.limit);
        limits[i] = before.stays_to;
        ConstrainedProblem corner = problem;
        corner.model = problem.model.with_limits(limits);
        const BudgetReport at = occupancy_lp(corner).budgets[i];
        const double step = 1e-3 * (before.stays_to - before.stays_from);
        const double here = value_at(corner, i, 0);
        EXPECT_NEAR(at.multiplier_below, before.multiplier, 1e-6 * before.multiplier) << seed << ' ' << i;
        EXPECT_NEAR((value_at(corner, i, step) - here) / step, at.multiplier, 1e-6 + 4e-7 / step) << seed << ' ' << i;
        EXPECT_LT(at.multiplier, before.multiplier) << seed << ' ' << i;
        EXPECT_NEAR(at.stays_from, limits[i], 1e-6) << seed << ' ' << i;
        EXPECT_GT(at.stays_to, limits[i] + 2 * step) << seed << ' ' << i;
        ++corners;
      }
    }
  }
  EXPECT_GE(corners, 10);
}

// The free optimum lies on the limit, which rounding alone keeps from being proven.
TEST(Prices, OfALimitThatTheFreeOptimumMeetsAreZeroInAllSearches) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 0.625);
  const ConstrainedProblem problem{.model = {std::move(builder).build(), std::vector<double>{0.625}}, .discount = 0};
  EXPECT_EQ(dual_bisection(problem).budgets[0].multiplier, 0);
  EXPECT_EQ(bundle(problem).budgets[0].multiplier, 0);
}

}  // namespace
}  // namespace bellwether::solvers
