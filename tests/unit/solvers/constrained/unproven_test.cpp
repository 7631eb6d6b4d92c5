// What is not computed is not shown: multipliers and optima that nobody found are no numbers.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "mdp/constrained/instances.h"
#include "solvers/constrained/deterministic.h"
#include "solvers/constrained/dual_ascent.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/occupancy_lp.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

TEST(Unproven, MultipliersOfProgramsThatWereStopped) {
  const ConstrainedProblem problem = binding_problem(1, {.states = 6, .actions = 3, .budgets = 1}, .9);
  int stopped = 0;
  for (int until = 0; until < 12; ++until) {
    int calls = 0;
    const ConstrainedSolution got =
        occupancy_lp(problem, {}, {.tolerance = 0, .observer = [&](const TraceRow&) { return calls++ < until; }});
    if (got.status != Status::kStoppedByCaller || got.value.size() > 0) continue;
    EXPECT_TRUE(std::isnan(got.budgets[0].multiplier)) << until;
    EXPECT_EQ(std::isnan(got.optimum.value), !std::isfinite(got.gap)) << until;
    ++stopped;
  }
  EXPECT_GT(stopped, 0);
}

TEST(Unproven, SearchesThatOnlyAskedAtZero) {
  const ConstrainedProblem problem = binding_problem(1, {.states = 6, .actions = 3, .budgets = 1}, .9);
  const SolveOptions once{.tolerance = 1e-9, .max_iterations = 1};
  for (const ConstrainedSolution& got :
       {dual_bisection(problem, {}, once), bundle(problem, {}, once), dual_ascent(problem, {}, once)}) {
    EXPECT_EQ(got.status, Status::kBudgetExhausted) << got.algorithm;
    EXPECT_TRUE(std::isnan(got.budgets[0].multiplier)) << got.algorithm;
    EXPECT_TRUE(std::isfinite(got.optimum.upper)) << got.algorithm;
  }
  NpgPrimalDualOptions none;
  none.iterations = 1;
  EXPECT_TRUE(std::isnan(npg_primal_dual(problem, none, {.max_iterations = 0}).budgets[0].multiplier));
}

TEST(Unproven, TightLimitsAreBoundedFromOneSide) {
  const ConstrainedProblem empty{.model = mdp::two_state_cmdp(0), .discount = .9};
  const ConstrainedSolution least = occupancy_lp(empty);
  ASSERT_EQ(least.status, Status::kInfeasible);
  EXPECT_TRUE(std::isnan(least.optimum.value));
  EXPECT_TRUE(std::isnan(least.budgets[0].multiplier));
  int one_sided = 0;
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    ConstrainedProblem tight = empty;
    tight.direction = direction;
    tight.model = empty.model.with_limits({least.infeasibility->least_mean});
    for (const auto& got : {occupancy_lp(tight), dual_bisection(tight), bundle(tight)}) {
      if (got.violation == 0) continue;
      ++one_sided;
      EXPECT_TRUE(std::isnan(got.optimum.value)) << got.algorithm;
      EXPECT_TRUE(std::isfinite(direction == Direction::kMaximise ? got.optimum.upper : got.optimum.lower));
    }
  }
  EXPECT_GT(one_sided, 0);
}

TEST(Unproven, CostsThatAreNoNumbersKeepToNoBudget) {
  ConstrainedProblem problem = binding_problem(2, {.states = 4, .actions = 3, .budgets = 2}, .8);
  problem.model = problem.model.with_limits({2, 5});
  const constrained::Lagrangian on(problem);
  const auto excess = [&](double first, double second) {
    return on.excess(std::vector<Bounded>{{0, 0, 0}, {first, first, first}, {second, second, second}});
  };
  EXPECT_EQ(excess(1, 5), 0);
  EXPECT_EQ(excess(6, 6), std::nextafter(4.0, 5.0));  // the most, rounded up
  const double unknown = std::nan("");
  EXPECT_TRUE(std::isinf(excess(unknown, 1)));
  EXPECT_TRUE(std::isinf(excess(1, unknown)));
}

TEST(Unproven, PricesOfPoliciesThatNeverDraw) {
  const ConstrainedProblem problem = binding_problem(2, {.states = 4, .actions = 3, .budgets = 1}, .8);
  const ConstrainedSolution got = deterministic(problem, {}, {.tolerance = 1e-7});
  ASSERT_EQ(got.status, Status::kConverged) << got.note;
  EXPECT_TRUE(std::isnan(got.budgets[0].multiplier));
  EXPECT_TRUE(std::isfinite(got.optimum.value));
}

}  // namespace
}  // namespace bellwether::solvers
