#include "solvers/risk/nested_risk.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/lp/linear_program.h"
#include "solvers/risk/outcomes.h"
#include "tests/unit/solvers/risk/examples.h"

namespace bellwether::solvers {
namespace {

Problem discounted(mdp::TabularMdp model, double discount) {
  return {.model = std::move(model), .criterion = Criterion::kDiscounted, .discount = discount};
}

/// The worst mean of a choice when nature may multiply probabilities by up to 1 / level, by a linear program.
double worst_by_lp(const OutcomeTable& table, std::int64_t choice, const Eigen::VectorXd& v, double discount,
                   double level) {
  lp::LinearProgram program;
  const int mass = program.add_row(1, 1);
  for (const Outcome& outcome : table.of(choice)) {
    program.add_column(outcome.reward + discount * v[outcome.next], 0, outcome.probability / level);
    program.add_entry(mass, 1);
  }
  return lp::solve(program).objective;
}

TEST(NestedRisk, TailMeansAreRobustValues) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Problem problem = discounted(random_model(Stream(41).child(i)), 0.9);
    const NestedRiskOptions options{.level = 0.3};
    const Solution solution = plan_for_nested_risk(problem, options, {.tolerance = 1e-9});
    EXPECT_EQ(solution.status, Status::kConverged);
    // A fixed point of the robust map, whose rows a linear program finds.
    const OutcomeTable table(problem.model, 1);
    for (int s = 0; s < 2; ++s) {
      double best = -1e300;
      for (std::int64_t c = problem.model.first_choice(s); c < problem.model.first_choice(s + 1); ++c)
        best = std::max(best, worst_by_lp(table, c, solution.value, 0.9, 0.3));
      EXPECT_NEAR(solution.value[s], best, 1e-8);
    }
  }
}

TEST(NestedRisk, LevelOneAndNoAversionAreTheMean) {
  const Problem problem = discounted(random_model(Stream(42)), 0.95);
  const double truth = value_iteration(problem, {}, {.tolerance = 1e-9}).value[0];
  for (const char* measure : {"conditional-value-at-risk", "entropic-value-at-risk"})
    EXPECT_NEAR(plan_for_nested_risk(problem, {.measure = measure, .level = 1}, {.tolerance = 1e-9}).value[0], truth,
                1e-8);
  EXPECT_NEAR(plan_for_nested_risk(problem, {.measure = "entropic", .beta = 0}, {.tolerance = 1e-9}).value[0], truth,
              1e-8);
}

TEST(NestedRisk, MeasuresAreInOrderAndBelowTheMean) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Problem problem = discounted(random_model(Stream(43).child(i)), 0.9);
    const auto value = [&](const char* measure) {
      return plan_for_nested_risk(problem, {.measure = measure, .level = 0.4}, {.tolerance = 1e-8}).value[0];
    };
    const double worst = value("worst-case"), entropic = value("entropic-value-at-risk");
    const double tail = value("conditional-value-at-risk");
    EXPECT_LE(worst, entropic + 1e-7);
    EXPECT_LE(entropic, tail + 1e-7);
    EXPECT_LE(tail, value_iteration(problem).value[0] + 1e-5);
  }
}

TEST(NestedRisk, BoundsHoldTheLimitOfManyBackups) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    mdp::ModelData data = random_model(Stream(44)).data();
    std::vector<double> expected(data.rewards.front().expected.begin(), data.rewards.front().expected.end());
    std::vector<double> each(data.rewards.front().by_transition.begin(), data.rewards.front().by_transition.end());
    for (double& r : expected) r *= scale;
    for (double& r : each) r *= scale;
    data.rewards.front().expected = expected;
    data.rewards.front().by_transition = each;
    const Problem problem = discounted(mdp::TabularMdp(data), 0.9999);
    const NestedRiskOptions options{.level = 0.5};
    const Solution rough = plan_for_nested_risk(problem, options, {.tolerance = 1e-1 * scale});
    const Solution fine = plan_for_nested_risk(problem, options, {.tolerance = 1e-6 * scale});
    for (int s = 0; s < 2; ++s) {
      EXPECT_LE(rough.lower[s], fine.upper[s]);
      EXPECT_GE(rough.upper[s], fine.lower[s]);
      EXPECT_LE(rough.gap, 0.1 * scale);
    }
  }
}

TEST(NestedRisk, FiniteHorizonIsItsOwnRecursion) {
  Problem problem = discounted(random_model(Stream(45)), 1);
  problem.criterion = Criterion::kFinite;
  problem.horizon = 1;
  const Solution one = plan_for_nested_risk(problem, {.level = 0.2});
  const OutcomeTable table(problem.model, 1);
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(2);
  EXPECT_NEAR(one.value[1], std::max(worst_by_lp(table, 2, zero, 1, 0.2), worst_by_lp(table, 3, zero, 1, 0.2)), 1e-12);
  problem.horizon = 2;
  const Solution two = plan_for_nested_risk(problem, {.level = 0.2});
  EXPECT_NEAR(two.value[1],
              std::max(worst_by_lp(table, 2, one.value, 1, 0.2), worst_by_lp(table, 3, one.value, 1, 0.2)), 1e-12);
  EXPECT_EQ(two.stages.size(), 2U);
}

TEST(NestedRisk, CostsLookAtTheUpperTail) {
  Problem problem = discounted(model_of({{{{0, 0, 0.5}, {0, 2, 0.5}}, {{0, 1.1, 1}}}}), 0);
  problem.direction = Direction::kMinimise;
  EXPECT_NEAR(plan_for_nested_risk(problem, {.level = 0.5}).value[0], 1.1, 1e-12);
  EXPECT_NEAR(plan_for_nested_risk(problem, {.level = 1}).value[0], 1.0, 1e-12);
}

TEST(NestedRisk, SaysWhatIsWrong) {
  Problem problem = discounted(random_model(Stream(46)), 0.9);
  EXPECT_THROW(plan_for_nested_risk(problem, {.measure = "cvar"}), InvalidOption);
  EXPECT_THROW(plan_for_nested_risk(problem, {.level = 0}), InvalidOption);
  problem.criterion = Criterion::kAverage;
  EXPECT_THROW(plan_for_nested_risk(problem, {}), InvalidOption);
}

TEST(NestedRisk, RefusesReturnsBeyondTheRange) {
  const mdp::TabularMdp model = model_of({{{{0, 0, 1}}, {{0, -1e308, 0.5}, {0, 1e308, 0.5}}}});
  for (const char* measure : {"conditional-value-at-risk", "entropic-value-at-risk", "entropic", "worst-case"}) {
    EXPECT_THROW(plan_for_nested_risk({.model = model, .discount = 0.9}, {.measure = measure}), InvalidModel);
    EXPECT_THROW(
        plan_for_nested_risk({.model = model, .criterion = Criterion::kFinite, .horizon = 3}, {.measure = measure}),
        InvalidModel);
  }
}

}  // namespace
}  // namespace bellwether::solvers
