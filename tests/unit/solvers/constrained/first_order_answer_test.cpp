// What first-order methods make of their iterates: which policy, which multipliers, and how far those may go.
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "solvers/constrained/first_order/methods.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

ConstrainedSolution npg(const ConstrainedProblem& problem, const char* output, std::int64_t iterations,
                        double dual_step = 0) {
  NpgPrimalDualOptions options;
  options.output = output;
  options.iterations = iterations;
  options.step = .3;
  options.dual_step = dual_step;
  options.record = 1;
  return npg_primal_dual(problem, options, {.tolerance = 0});
}

// Within limits that never bind the method's own policy is the answer.
TEST(FirstOrderAnswer, IsTheLastTheMeanOrTheBestIterate) {
  ConstrainedProblem problem = binding_problem(1, {.states = 6, .actions = 3}, .8);
  problem.model = problem.model.with_limits({100});
  for (const char* output : {"last", "average", "best"}) {
    const ConstrainedSolution run = npg(problem, output, 5);
    ASSERT_EQ(run.path.size(), 6u);
    double mean = 0, best = -1e300;
    for (const PathRow& row : run.path) {
      mean += row.value / 6;
      best = std::max(best, row.value);
    }
    const double expected = *output == 'l' ? run.path.back().value : *output == 'a' ? mean : best;
    EXPECT_NEAR(run.expected.value, expected, 1e-10) << output;
    EXPECT_GT(run.path.back().value - mean, .1) << "they differ";
  }
}

// Among iterates that exceed a limit the least excessive, until one does not.
TEST(FirstOrderAnswer, KeepsTheBestAmongThoseWithinTheLimits) {
  const ConstrainedProblem problem = binding_problem(1, {.states = 6, .actions = 3}, .8);
  const ConstrainedSolution run = npg(problem, "best", 300, .3);
  const auto feasible = [](const PathRow& row) { return row.violation <= 0; };
  double best = -1e300;
  for (const PathRow& row : run.path)
    if (feasible(row)) best = std::max(best, row.value);
  EXPECT_TRUE(std::ranges::any_of(run.path, feasible));
  EXPECT_FALSE(std::ranges::all_of(run.path, feasible));
  EXPECT_NEAR(run.expected.value, best, 1e-4);
  EXPECT_EQ(run.violation, 0);
}

TEST(FirstOrderAnswer, IsProvenByTheBetterOfLastAndMeanMultipliers) {
  const ConstrainedProblem problem = binding_problem(2, {.states = 6, .actions = 3}, .8);
  const constrained::Lagrangian on(problem);
  int by_mean = 0, by_last = 0;
  for (const std::int64_t iterations : {3, 10, 30, 100, 300}) {
    const ConstrainedSolution run = npg(problem, "average", iterations, .05);
    double mean = 0;
    for (const PathRow& row : run.path) mean += row.multipliers[0] / static_cast<double>(run.path.size());
    const double last = run.path.back().multipliers[0];
    const double bound_of_mean = on.dual(std::vector{mean}, 1e-9, nullptr, nullptr).value.value,
                 bound_of_last = on.dual(std::vector{last}, 1e-9, nullptr, nullptr).value.value;
    EXPECT_NEAR(run.optimum.upper, std::min(bound_of_mean, bound_of_last), 1e-7) << iterations;
    ++(bound_of_mean < bound_of_last - 1e-4 ? by_mean : by_last);
  }
  EXPECT_GT(by_mean, 0);
  EXPECT_GT(by_last, 0);
}

// The last iterate circles, so that later proofs are often worse than earlier ones: neither bound is ever given back.
TEST(FirstOrderAnswer, KeepsTheBestBoundsOfAllProofs) {
  int dual_kept = 0, policy_kept = 0;
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    const ConstrainedProblem problem = binding_problem(2, {.states = 6, .actions = 3}, .8, .4, 1, 1, direction);
    const constrained::Lagrangian on(problem);
    double least = HUGE_VAL, best = -HUGE_VAL, mean = 0;
    for (const std::int64_t proof : {100, 200, 400, 800, 1600}) {
      const ConstrainedSolution run = npg(problem, "last", proof, .5);
      mean = 0;
      for (const PathRow& row : run.path) mean += row.multipliers[0] / static_cast<double>(run.path.size());
      double now = HUGE_VAL;
      for (const double y : {mean, run.path.back().multipliers[0]})
        now = std::min(now, on.dual(std::vector{std::abs(y)}, 1e-9).value.value);
      dual_kept += now > least + 1e-4;
      least = std::min(least, now);
      const double above = direction == Direction::kMaximise ? run.optimum.upper : -run.optimum.lower;
      EXPECT_NEAR(above, least, 1e-7) << proof;
      EXPECT_NEAR(on.dual(std::vector{std::abs(run.budgets[0].multiplier)}, 1e-9).value.value, least, 1e-7) << proof;

      const double worth = on.sign() * run.expected.value;
      EXPECT_GE(worth, best - 1e-12) << proof;
      policy_kept += worth == best;
      best = std::max(best, worth);
      EXPECT_EQ(run.violation, 0) << proof;
      EXPECT_NEAR(run.gap, least - worth, 1e-7) << proof;
      EXPECT_EQ(run.optimum.value, run.expected.value) << proof;
      EXPECT_EQ(run.iterations, proof);
    }
  }
  EXPECT_GT(dual_kept, 0);
  EXPECT_GT(policy_kept, 0);
}

// Twice (largest - smallest reward) / ((1 - discount) slack), also where the method steps in units of its own.
TEST(FirstOrderAnswer, MultipliersStayBelowTwiceTheMostThatAnOptimalOneCanBe) {
  for (const double cost_scale : {1.0, 24.0}) {
    const ConstrainedProblem problem = binding_problem(2, {.states = 6, .actions = 3}, .8, .4, 6, cost_scale);
    const constrained::Lagrangian on(problem);
    const constrained::Game game(on, "test");
    constrained::ColumnPool pool(on);
    const constrained::Feasibility found = constrained::find_safe(on, pool);
    const auto [least, most] = std::ranges::minmax(problem.model.model().reward());
    const double slack = problem.model.budgets()[0].limit - found.collected[1].upper;
    const std::vector<double> caps = constrained::dual_caps(game, FirstOrderOptions(), nullptr);
    EXPECT_NEAR(game.in_problem_units(caps)[0], 2 * (most - least) / (.2 * slack), 1e-9) << cost_scale;
    FirstOrderOptions own;
    own.cap = 7;
    EXPECT_EQ(constrained::dual_caps(game, own, nullptr), std::vector<double>{7});
  }
}

// A mixture keeps the occupancy that made it; what is mixed from it collects the mean all the same.
TEST(Mixtures, CanBeMixedAgain) {
  const ConstrainedProblem problem = binding_problem(4, {.states = 6, .actions = 3}, .9);
  const constrained::Lagrangian on(problem);
  std::vector<constrained::AnyPolicy> parts;
  std::vector<std::vector<Bounded>> collected;
  for (const std::vector<double>& weights : {std::vector{1.0, 0.0}, {0.0, -1.0}, {0.0, 1.0}}) {
    parts.push_back(on.planner().best(weights, 1e-9).policy);
    collected.push_back(on.planner().evaluate(parts.back()));
  }
  const constrained::AnyPolicy pair = on.planner().mix(std::span(parts).first(2), std::vector{.3, .7});
  const auto got = on.planner().evaluate(on.planner().mix(std::vector{pair, parts[2]}, std::vector{.6, .4}));
  for (std::size_t k = 0; k < 2; ++k)
    EXPECT_NEAR(got[k].value, .18 * collected[0][k].value + .42 * collected[1][k].value + .4 * collected[2][k].value,
                1e-9);
}

}  // namespace
}  // namespace bellwether::solvers
