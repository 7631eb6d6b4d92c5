// Rewards and costs beside which double arithmetic ends.
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/constrained/registry.h"

namespace bellwether::solvers {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

ConstrainedProblem huge(double reward, double cost) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 1.0);
  builder.add_choice(0, reward, {{0, 1.0}}).cost("fuel", cost);
  return {.model = {std::move(builder).build(), std::vector<double>{12}}, .discount = .9};
}

// They used to end as converged, within 0, at values that are infinite.
TEST(Huge, NumbersAreRefusedByName) {
  for (const double sign : {1.0, -1.0}) {
    EXPECT_THAT([&] { occupancy_lp(huge(sign * 1e308, 1)); },
                ThrowsMessage<InvalidModel>(HasSubstr("budgets: reward '")));
    EXPECT_THAT([&] { bundle(huge(1, sign * 1e308)); },
                ThrowsMessage<InvalidModel>(HasSubstr("budgets: cost 'fuel' of (s=0, a=1) is ")));
    EXPECT_THAT([&] { dual_bisection(huge(sign * 2e149, 1)); }, ThrowsMessage<InvalidModel>(HasSubstr("1e+150")));
  }
  ConstrainedProblem stages = huge(1, 2);
  stages.criterion = Criterion::kFinite;
  stages.discount = 1;
  stages.horizon = 2;
  stages.stages = {stages.model.model(), huge(1, 1e200).model.model()};
  EXPECT_THAT([&] { bundle(stages); }, ThrowsMessage<InvalidModel>(HasSubstr("cost 'fuel' of (s=0, a=1) is 1e+200")));
}

TEST(Huge, NumbersBelowTheLimitArePlannedWith) {
  for (const auto& [reward, cost] :
       {std::pair{9e148, 2.0}, {2.0, 9e148}, {9e148, 9e148}, {9e148, 1e-140}, {-9e148, 2.0}}) {
    const ConstrainedProblem problem = huge(reward, cost);
    for (const auto& got : {occupancy_lp(problem), bundle(problem), dual_bisection(problem)}) {
      EXPECT_FALSE(std::isnan(got.expected.value)) << reward << ' ' << cost << ' ' << got.algorithm;
      const double best = reward <= 1 ? 10 : cost < 1 ? reward * 10 : 10 + (reward - 1) * 2 / (cost - 1);
      EXPECT_LE(got.optimum.lower, best * (1 + 1e-12)) << reward << ' ' << cost << ' ' << got.algorithm;
      EXPECT_GE(got.optimum.upper, best * (1 - 1e-12)) << reward << ' ' << cost << ' ' << got.algorithm;
    }
  }
}

/// Stay for fuel 1, or leave for good and heat once: what fuel costs at the least is 0, heat at the least 0.5.
ConstrainedProblem limits(double fuel, double heat) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 1.0).cost("heat", 0.5);
  builder.add_choice(0, 0.0, {{1, 1.0}}).cost("heat", 0.5);
  builder.add_choice(1, 0.0, {{1, 1.0}});
  return {.model = {std::move(builder).build(), std::vector<double>{fuel, heat}}, .discount = .9};
}

/// The proof that budget i cannot be kept to, which takes no other one.
void expect_impossible(const ConstrainedSolution& got, std::size_t i, double limit, double least) {
  ASSERT_EQ(got.status, Status::kInfeasible) << got.algorithm << ' ' << limit << ": " << got.note;
  ASSERT_TRUE(got.infeasibility) << got.algorithm;
  EXPECT_EQ(got.infeasibility->weights[i], 1) << got.algorithm;
  EXPECT_NEAR(got.infeasibility->least_mean, least, 1e-9) << got.algorithm;
  EXPECT_LE(got.infeasibility->least_mean, least) << got.algorithm;
  EXPECT_DOUBLE_EQ(got.infeasibility->allowed_mean, limit) << got.algorithm;
  EXPECT_NEAR(got.infeasibility->least_violation.lower / -limit, 1, 1e-12) << got.algorithm;
  EXPECT_NEAR(got.infeasibility->least_violation.upper / -limit, 1, 1e-12) << got.algorithm;
}

// The LP library ends the program when it reads such numbers, and calls nothing infeasible before that.
TEST(Huge, LimitsOutOfReachAreProvenImpossible) {
  for (const double low : {-1e100, -1e290, -1e300, -1e308, -1.7e308}) {
    for (const auto criterion : {Criterion::kDiscounted, Criterion::kFinite, Criterion::kAverage}) {
      for (const auto& [fuel, heat, worst] :
           {std::tuple{low, 8.0, 0}, {low, 1e308, 0}, {low, 0.5 * low, 0}, {0.5 * low, low, 1}}) {
        ConstrainedProblem problem = limits(fuel, heat);
        problem.criterion = criterion;
        problem.horizon = criterion == Criterion::kFinite ? 3 : 0;
        if (criterion != Criterion::kDiscounted) problem.discount = 1;
        for (const auto& row : constrained_table()) {
          if (!row.solves(criterion, 2)) continue;
          const double least = worst == 0 || criterion == Criterion::kAverage ? 0 : 0.5;
          expect_impossible(row.run(problem, {}, {}), static_cast<std::size_t>(worst), low, least);
        }
      }
    }
  }
}

// Costs beside which a limit far out of reach is nothing: the proof does not wait for a program that is beyond Clp.
TEST(Huge, CostsDoNotHideThatALimitIsOutOfReach) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 1.0).cost("heat", 1e148);
  builder.add_choice(0, 0.0, {{0, 1.0}}).cost("heat", -1e148);
  const ConstrainedProblem problem{.model = {std::move(builder).build(), std::vector<double>{-1e20, -1e21}},
                                   .discount = .9};
  expect_impossible(occupancy_lp(problem), 0, -1e20, 0);
}

TEST(Huge, LimitsThatNeverBindCostNothing) {
  for (const auto& got : {occupancy_lp(limits(1e308, 1e308)), bundle(limits(1e308, 1e300))}) {
    EXPECT_EQ(got.status, Status::kConverged) << got.algorithm;
    EXPECT_NEAR(got.expected.value, 10, 1e-9) << got.algorithm;
    EXPECT_EQ(got.budgets[0].multiplier, 0) << got.algorithm;
  }
}

}  // namespace
}  // namespace bellwether::solvers
