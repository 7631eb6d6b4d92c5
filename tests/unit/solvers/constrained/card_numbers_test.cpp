#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/constrained/instances.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::solvers {
namespace {

ConstrainedProblem two_state(double limit) { return {.model = mdp::two_state_cmdp(limit), .discount = 0.9}; }

using Planner = ConstrainedSolution (*)(const ConstrainedProblem&);

ConstrainedSolution by_program(const ConstrainedProblem& problem) {
  return occupancy_lp(problem, {}, {.tolerance = 1e-8});
}
ConstrainedSolution by_bisection(const ConstrainedProblem& problem) {
  return dual_bisection(problem, {}, {.tolerance = 1e-8});
}
ConstrainedSolution by_halving(const ConstrainedProblem& problem) {
  return dual_bisection(problem, {.secant = false}, {.tolerance = 1e-8});
}
ConstrainedSolution by_bundle(const ConstrainedProblem& problem) { return bundle(problem, {}, {.tolerance = 1e-8}); }

class TwoStates : public ::testing::TestWithParam<Planner> {};

// Numbers computed with an independent linear program.
TEST_P(TwoStates, HasTheKnownNumbers) {
  struct Row {
    double limit, value, multiplier;
  };
  for (const Row& row : {Row{1, 1.201970, 1.290640}, Row{2, 2.492611, 1.290640}, Row{3, 3.783251, 1.290640},
                         Row{5, 5.639024, 0.712195}, Row{6, 5.975460, 0}}) {
    const ConstrainedSolution got = GetParam()(two_state(row.limit));
    EXPECT_EQ(got.status, Status::kConverged) << row.limit << " " << got.note << " " << got.gap;
    EXPECT_NEAR(got.expected.value, row.value, 1e-6) << row.limit;
    EXPECT_LE(got.optimum.lower, row.value + 1e-6);
    EXPECT_GE(got.optimum.upper, row.value - 1e-6);
    EXPECT_LE(got.optimum.lower, got.optimum.upper);
    ASSERT_EQ(got.budgets.size(), 1u);
    EXPECT_NEAR(got.budgets[0].multiplier, row.multiplier, 1e-6) << row.limit;
    EXPECT_LE(got.budgets[0].cost.upper, row.limit);
    EXPECT_EQ(got.violation, 0);
  }
}

TEST_P(TwoStates, RandomisesWhereItMust) {
  const ConstrainedSolution at1 = GetParam()(two_state(1)), at5 = GetParam()(two_state(5));
  EXPECT_NEAR(at1.policy.choice_probabilities()[0], 0.996923, 1e-6);
  EXPECT_NEAR(at5.policy.choice_probabilities()[2], 0.657778, 1e-6);
}

TEST_P(TwoStates, ProvesThatTooLittleIsTooLittle) {
  const ConstrainedSolution got = GetParam()(two_state(0.2));
  EXPECT_EQ(got.status, Status::kInfeasible);
  ASSERT_TRUE(got.infeasibility.has_value());
  EXPECT_THAT(got.infeasibility->weights, ::testing::ElementsAre(1));
  EXPECT_NEAR(got.infeasibility->least_mean, 0.978261, 1e-6);
  EXPECT_NEAR(got.infeasibility->least_violation.lower, 0.778261, 1e-6);
  EXPECT_NEAR(got.infeasibility->least_violation.upper, 0.778261, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Planners, TwoStates, ::testing::Values(by_program, by_bisection, by_halving, by_bundle));

}  // namespace
}  // namespace bellwether::solvers
