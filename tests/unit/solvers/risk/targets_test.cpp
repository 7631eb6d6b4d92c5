// Static risk: the probability of a target, and utilities that jump there.
#include <cmath>
#include <cstddef>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/risk/static_risk.h"
#include "tests/unit/solvers/risk/examples.h"

namespace bellwether::solvers {
namespace {

double mass_from(const Law& law, double b) {
  double sum = 0;
  for (std::size_t k = 0; k < law.atom.size(); ++k) sum += law.atom[k] >= b ? law.weight[k] : 0;
  return sum;
}

TEST(StaticRisk, TargetsAreReachedWithTheBestProbabilityOfAll) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    Problem problem = finite(random_model(Stream(27).child(i)), 3, i % 2 == 0 ? 1 : 0.9);
    const std::vector<Law> laws = all_laws(problem.model, 3, problem.discount);
    std::vector<double> targets = laws[0].atom;
    targets.push_back(laws[0].atom.back() + 1e-6);
    for (const double b : targets) {
      const RiskSolution solution = plan_for_target(problem, b);
      // Atoms within rounding of the target count, here and there.
      const double best = best_of(laws, [b](const Law& l) { return mass_from(l, b - 1e-9); });
      EXPECT_EQ(solution.status, Status::kConverged);
      EXPECT_NEAR(solution.value, best, 1e-13);
      EXPECT_LE(solution.lower, best + 1e-15);
      EXPECT_GE(solution.upper, best - 1e-15);
      EXPECT_LE(solution.gap, 1e-13);
      EXPECT_NEAR(mass_from(solution.law, b - 1e-9), best, 1e-13);
      EXPECT_EQ(solution.parameter, b);
    }
  }
}

TEST(StaticRisk, TargetsOnPaperCount) {
  // Ten times 0.1 is 1 on paper and less in binary; halves are proven without an error.
  const Problem dimes = finite(model_of({{{{0, 0.1, 1}}}}), 10);
  EXPECT_EQ(plan_for_target(dimes, 1).value, 1);
  EXPECT_EQ(plan_for_target(dimes, 1 + 1e-9).value, 0);
  const RiskSolution sure = plan_for_target(toss(0.5), 1);
  EXPECT_EQ(sure.lower, 0.5);
  EXPECT_EQ(sure.upper, 0.5);
  EXPECT_EQ(sure.gap, 0);
  EXPECT_THAT(sure.note, testing::HasSubstr("counts as reaching it"));
  EXPECT_THROW(plan_for_target(dimes, INFINITY), InvalidOption);
}

TEST(StaticRisk, CostsStayWithinATarget) {
  // Paying 0 or 1 by a coin, twice; or 1 for sure: at most 1 is paid with probability 3/4, or 1.
  Problem problem = finite(model_of({{{{0, 0, 0.5}, {0, 1, 0.5}}}}), 2);
  problem.direction = Direction::kMinimise;
  const RiskSolution solution = plan_for_target(problem, 1);
  EXPECT_EQ(solution.value, 0.75);
  EXPECT_EQ(solution.upper, 0.75);
  EXPECT_EQ(solution.parameter, 1);
  EXPECT_EQ(solution.law.atom, (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(plan_for_target(problem, 0).value, 0.25);
}

TEST(StaticRisk, AGridEnclosesTargets) {
  const Problem problem =
      finite(model_of({{{{0, 0.31, 0.4}, {0, -0.77, 0.6}}, {{0, -0.13, 0.5}, {0, 0.29, 0.5}}}}), 5, 0.93);
  int open = 0;
  for (const double b : {-0.5, 0.0, 0.3, 0.7}) {
    const RiskSolution exact = plan_for_target(problem, b), coarse = plan_for_target(problem, b, {.grid = 0.05});
    EXPECT_LE(exact.gap, 1e-12);
    EXPECT_LE(coarse.lower, exact.value + 1e-12);
    EXPECT_GE(coarse.upper, exact.value - 1e-12);
    open += coarse.status == Status::kBudgetExhausted ? 1 : 0;
  }
  EXPECT_GT(open, 0);
}

TEST(StaticRisk, OfAUtilityWithoutASlopeNothingIsProven) {
  const auto target = [](double x) { return x >= 1 ? 1.0 : 0.0; };
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    Problem problem = finite(gamble(0.5), 2);
    problem.direction = direction;
    const RiskSolution found = plan_for_utility(problem, target, INFINITY);
    EXPECT_EQ(found.status, Status::kRoundingLimited);
    EXPECT_EQ(found.lower, -INFINITY);
    EXPECT_EQ(found.upper, INFINITY);
    EXPECT_EQ(found.gap, INFINITY);
    EXPECT_THAT(found.note, testing::StartsWith("nothing is proven: earnings are known to"));
    EXPECT_THAT(found.note, testing::HasSubstr("slope"));
    EXPECT_THROW(plan_for_utility(problem, target, -1), InvalidOption);
    EXPECT_THROW(plan_for_utility(problem, target, std::nan("")), InvalidOption);
  }
}

}  // namespace
}  // namespace bellwether::solvers
