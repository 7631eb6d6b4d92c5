#include "solvers/constrained/deterministic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/lagrangian.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

/// The best value among all deterministic policies that keep to the budgets, one after the other; -infinity when none.
double by_enumeration(const ConstrainedProblem& problem) {
  const constrained::Lagrangian on(problem);
  const mdp::TabularMdp& model = problem.model.model();
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()), 0);
  double best = -std::numeric_limits<double>::infinity();
  for (;;) {
    const auto collected = on.planner().evaluate({.stationary = mdp::Policy::deterministic(choice)});
    if (on.excess(collected) == 0) best = std::max(best, problem.sign() * collected[0].value);
    int s = 0;
    while (s < model.num_states() && ++choice[static_cast<std::size_t>(s)] == model.num_choices(s))
      choice[static_cast<std::size_t>(s++)] = 0;
    if (s == model.num_states()) return best;
  }
}

TEST(Deterministic, IsWhatEnumerationFinds) {
  int solved = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
    const ConstrainedProblem problem =
        binding_problem(seed, {.states = 5, .actions = 3, .budgets = 1 + static_cast<int>(seed % 2)}, .8,
                        seed % 3 == 0 ? .02 : .4, 1, 1, direction);
    const double best = by_enumeration(problem);
    const ConstrainedSolution got = deterministic(problem, {}, {.tolerance = 1e-7});
    if (std::isinf(best)) {
      EXPECT_EQ(got.status, Status::kInfeasible) << seed << " " << got.note;
      continue;
    }
    ASSERT_EQ(got.status, Status::kConverged) << seed << " " << got.note;
    EXPECT_TRUE(got.policy.is_deterministic());
    EXPECT_EQ(got.violation, 0);
    EXPECT_NEAR(problem.sign() * got.expected.value, best, 1e-9) << seed;
    EXPECT_LE(problem.sign() * got.expected.value - 1e-7, best);
    EXPECT_LE(std::abs(got.optimum.upper - got.optimum.lower), 1e-7);
    for (const double tolerance : {.03, .1, .3, 1.0, 3.0}) {  // what was closed for being close still counts
      const ConstrainedSolution quick = deterministic(problem, {}, {.tolerance = tolerance});
      EXPECT_EQ(quick.status, Status::kConverged) << seed << ' ' << tolerance;
      EXPECT_LE(quick.gap, tolerance) << seed;
      const Bounded rough = quick.optimum;
      EXPECT_GE(problem.sign() > 0 ? rough.upper : -rough.lower, best - 1e-9) << seed << ' ' << tolerance;
      EXPECT_LE(problem.sign() > 0 ? rough.lower : -rough.upper, best + 1e-9) << seed << ' ' << tolerance;
    }
    ++solved;
  }
  EXPECT_GT(solved, 15);
}

// A bound for any values and multipliers whatever, tight for the right ones.
TEST(RelaxationBound, IsAboveEveryPolicy) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ConstrainedProblem problem = binding_problem(seed, {.states = 4, .actions = 3, .budgets = 2}, .9);
    const constrained::Lagrangian on(problem);
    Stream draw(seed);
    std::vector<double> value(4), y(2);
    const double size = seed % 2 == 0 ? 10 : .1;
    for (double& v : value) v = size * draw.uniform();
    for (double& x : y) x = draw.uniform();
    const auto best = on.dual(y, 1e-10);
    const std::vector<char> none(12, 0);
    EXPECT_GE(constrained::relaxation_bound(on, value, y, none, true), best.value.value);
    const std::vector<double> right(best.best.v.data(), best.best.v.data() + best.best.v.size());
    EXPECT_NEAR(constrained::relaxation_bound(on, right, y, none, true), best.value.value, 1e-8);
    // Without the choices that are played it falls.
    std::vector<char> played(12, 0);
    for (int s = 0; s < 4; ++s)
      played[static_cast<std::size_t>(3 * s + best.best.policy.stationary.choices()[static_cast<std::size_t>(s)])] = 1;
    EXPECT_LT(constrained::relaxation_bound(on, right, y, played, true), best.value.value + 1e-8);
  }
}

TEST(Deterministic, SaysWhenOnlyDrawsWillDo) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("left", 1.0).cost("right", 0.0);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("left", 0.0).cost("right", 1.0);
  const ConstrainedProblem problem{.model = {std::move(builder).build(), std::vector<double>{.6, .6}}, .discount = 0};
  const ConstrainedSolution got = deterministic(problem);
  EXPECT_EQ(got.status, Status::kInfeasible) << got.note;
  EXPECT_FALSE(got.infeasibility.has_value());
  EXPECT_THAT(got.note, ::testing::HasSubstr("Only randomised policies keep to the budgets"));
}

TEST(Deterministic, SaysWhenDrawsWillNotDoEither) {
  const ConstrainedSolution got = deterministic({.model = mdp::two_state_cmdp(.2), .discount = .9});
  EXPECT_EQ(got.status, Status::kInfeasible);
  EXPECT_EQ(got.algorithm, "deterministic");
  ASSERT_TRUE(got.infeasibility.has_value());
  EXPECT_THAT(got.note, ::testing::HasSubstr("No policy keeps to the budget of 'cost'"));
  EXPECT_THAT(got.note, ::testing::HasSubstr("The policy returned exceeds none by more than 0.778261."));
}

TEST(Deterministic, SaysThatItWasStopped) {
  const ConstrainedProblem problem = binding_problem(7, {.states = 8, .actions = 4, .budgets = 2}, .9);
  int with_a_policy = 0;
  for (int until = 10; until < 200; until += 10) {
    int calls = 0;
    const ConstrainedSolution got =
        deterministic(problem, {}, {.tolerance = 0, .observer = [&](const TraceRow&) { return ++calls < until; }});
    if (calls < until) break;
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << until << ' ' << got.note;
    with_a_policy += got.policy.is_deterministic();
  }
  EXPECT_GT(with_a_policy, 0);
}

TEST(Deterministic, AsksWhileAProgramIsBeingSolved) {
  const ConstrainedProblem problem = binding_problem(7, {.states = 8, .actions = 4, .budgets = 2}, .9);
  // Rows of the search have a gap and no transitions read; it shows one itself when it is through with a node.
  std::map<std::int64_t, int> rows;
  SolveOptions run;
  run.observer = [&](const TraceRow& row) {
    if (row.work == 0 && std::isfinite(row.gap)) ++rows[row.iteration];
    return true;
  };
  deterministic(problem, {}, run);
  ASSERT_GT(rows.size(), 3U);
  EXPECT_TRUE(std::ranges::any_of(rows, [](const auto& row) { return row.second > 1; }));
}

TEST(Deterministic, KeepsAnIntervalWhenCutShort) {
  const ConstrainedProblem problem = binding_problem(7, {.states = 8, .actions = 4, .budgets = 2}, .9);
  const ConstrainedSolution full = deterministic(problem), cut = deterministic(problem, {.nodes = 3});
  ASSERT_EQ(full.status, Status::kConverged);
  if (cut.policy.is_deterministic()) {
    EXPECT_EQ(cut.status, Status::kBudgetExhausted);
    EXPECT_LE(cut.optimum.lower, full.optimum.upper);
    EXPECT_GE(cut.optimum.upper, full.optimum.lower);
  }
}

// A cost that is the limit itself cannot be proven to keep to it; it is the optimum all the same, and nothing ran out.
TEST(Deterministic, ReturnsThePolicyOnTheLimit) {
  for (const double discount : {0.0, 0.5}) {
    mdp::TabularMdpBuilder builder(1);
    builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 0.625);
    const double limit = 0.625 / (1 - discount);
    const ConstrainedSolution got =
        deterministic({.model = {std::move(builder).build(), std::vector<double>{limit}}, .discount = discount});
    EXPECT_TRUE(got.status == Status::kConverged || got.status == Status::kRoundingLimited) << got.note;
    EXPECT_NEAR(got.expected.value, 1 / (1 - discount), 1e-12);
    EXPECT_LT(got.violation, 1e-12);
    EXPECT_THAT(got.note, testing::HasSubstr("Best among deterministic policies"));
  }
}

TEST(Deterministic, PrefersThePolicyOnTheLimitThatIsWorthMore) {
  for (const double limit : {1.0, 2.0}) {  // what the second and the third choice cost, with discount .5
    mdp::TabularMdpBuilder builder(1);
    builder.add_choice(0, 0.0, {{0, 1.0}}).cost("fuel", 0.0);
    builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 0.5);
    builder.add_choice(0, 1.5, {{0, 1.0}}).cost("fuel", 1.0);
    const ConstrainedSolution got =
        deterministic({.model = {std::move(builder).build(), std::vector<double>{limit}}, .discount = .5});
    EXPECT_NEAR(got.expected.value, limit == 1 ? 2 : 3, 1e-9) << got.note;
    EXPECT_LT(got.violation, 1e-12);
    EXPECT_LE(got.optimum.lower, got.expected.upper);
    EXPECT_GE(got.optimum.upper, got.expected.lower);
    EXPECT_THAT(got.note, testing::HasSubstr(limit == 1 ? "proven to keep to all reaches 0" : "to all reaches 2"));
  }
}

}  // namespace
}  // namespace bellwether::solvers
