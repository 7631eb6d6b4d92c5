#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "mdp/instances/garnet.h"
#include "solvers/robust/certificate.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"
#include "tests/unit/solvers/robust/all_planners.h"

// Values far larger than their differences, as discounts near one make them: what rounding leaves of a proof.

namespace bellwether::solvers {
namespace {

RobustProblem with_budgets(double discount, mdp::SetKind kind = mdp::SetKind::kChiSquare) {
  return {.model = mdp::RobustMdp(mdp::random_dense({.states = 20, .actions = 3}).model,
                                  {.kind = kind, .rectangular = mdp::Rectangular::kState, .radius = {.3}}),
          .discount = discount};
}

TEST(RobustRounding, AConstantInAllValuesCostsAProofNothing) {
  const RobustProblem problem = with_budgets(.9999);
  const RobustSolution solved = robust_value_iteration(problem);
  const double middle = solved.value.mean();
  std::vector<double> small, large;
  for (const double x : solved.value) {
    small.push_back(x - middle);
    large.push_back(x);
  }
  robust::Operator op(problem);
  const robust::Decision played = robust::Decision::of(solved.policy);
  for (const bool of_policy : {false, true}) {
    const auto prove = [&](const std::vector<double>& v) {
      return of_policy ? certify_policy(op, v, played) : certify(op, v);
    };
    const auto of_small = prove(small), of_large = prove(large);
    EXPECT_LT(of_large.rounding, 2 * of_small.rounding);
    EXPECT_LT(of_large.gap, 1e-6);
    // The residual is that of the vector given: the values of the answer, and those moved by a constant.
    EXPECT_LT(of_large.residual, 1e-9);
    EXPECT_NEAR(of_small.residual, 1e-4 * middle, 1e-9);
  }
}

TEST(RobustRounding, EvaluationsOfPoliciesProveWhatSweepsProve) {
  for (const mdp::SetKind kind : {mdp::SetKind::kChiSquare, mdp::SetKind::kL1}) {
    const RobustProblem problem = with_budgets(.9999, kind);
    for (const auto& [name, solve] : planners()) {
      const RobustSolution got = solve(problem, {});
      EXPECT_EQ(got.status, Status::kConverged) << name << ": " << got.gap;
      EXPECT_LE(got.iterations, 15) << name;
    }
  }
}

TEST(RobustRounding, SweepsFollowWhereEvaluationsSettle) {
  const RobustProblem problem = with_budgets(.99999);
  for (const auto& [name, solve] : planners()) {
    const RobustSolution got = solve(problem, {});
    EXPECT_EQ(got.status, Status::kConverged) << name << ": " << got.gap;
    EXPECT_LE(got.iterations, 40) << name;
  }
}

TEST(RobustRounding, ResidualsOfTheSweepsThatFollowAreThoseOfTheValues) {
  const RobustProblem problem = with_budgets(.9999);
  const RobustSolution solved = partial_policy_iteration(problem, {}, {.tolerance = 1e-13});
  const auto settled = std::ranges::find_if(solved.trace, [](const TraceRow& row) { return row.residual < 1e-8; });
  ASSERT_GT(solved.trace.end() - settled, 10) << "sweeps follow";
  for (auto row = settled; row != solved.trace.end(); ++row) EXPECT_LT(row->residual, 1e-8) << row->iteration;
}

TEST(RobustRounding, EndsSoonWhereTheToleranceIsOutOfReach) {
  for (const double discount : {.9999, .99999}) {
    const RobustProblem problem = with_budgets(discount, mdp::SetKind::kL1);
    double best = INFINITY;
    for (const auto& [name, solve] : planners()) {
      const RobustSolution got = solve(problem, {.tolerance = 1e-9, .max_iterations = 400});
      EXPECT_EQ(got.status, Status::kRoundingLimited) << name;
      best = std::min(best, got.gap);
      EXPECT_LT(got.gap, 1.5 * best) << name;
    }
  }
}

}  // namespace
}  // namespace bellwether::solvers
