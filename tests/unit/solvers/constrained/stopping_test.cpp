// Evaluations that take longer than a caller who says stop will wait.
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/dual_ascent.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/first_order/game.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/lagrangian.h"
#include "tests/support/abandoned_work.h"

namespace bellwether::solvers {
namespace {

using constrained::AnyPolicy;
using constrained::Lagrangian;

/// Ten states that lead anywhere, a hundred throttles each: the more is burnt, the less it helps.
mdp::TabularMdp throttles() {
  mdp::TabularMdpBuilder builder(10);
  std::vector<mdp::Entry> anywhere;
  for (int s = 0; s < 10; ++s) anywhere.push_back({.next = s, .probability = .1});
  for (int s = 0; s < 10; ++s)
    for (int a = 0; a < 100; ++a)
      builder.add_choice(s, std::sqrt(a / 99.0) * (1 + .1 * s), anywhere).cost("fuel", a / 99.0);
  return std::move(builder).build();
}

/// Ten million transitions all told: too many to be evaluated after a stop.
ConstrainedProblem long_play() {
  return {.model = {throttles(), std::vector<double>{400.0}},
          .criterion = Criterion::kFinite,
          .discount = 1,
          .horizon = 1001};
}

/// A ring of more states than are evaluated after a stop.
ConstrainedProblem wide_ring() {
  constexpr int kStates = 20'001;
  mdp::TabularMdpBuilder builder(kStates);
  for (int s = 0; s < kStates; ++s) {
    builder.add_choice(s, 1.0, {{(s + 1) % kStates, 1.0}}).cost("fuel", 1.0);
    builder.add_choice(s, 2.0, {{(s + 2) % kStates, 1.0}}).cost("fuel", 2.0);
  }
  return {.model = {std::move(builder).build(), std::vector<double>{15.0}}, .discount = .9};
}

/// The question that the planner asks while it evaluates, not one of its plans.
bool is_evaluation(const TraceRow& row) { return row.iteration == 0 && row.work == 0; }

AnyPolicy always(const ConstrainedProblem& problem, std::int32_t choice) {
  const auto states = static_cast<std::size_t>(problem.model.model().num_states());
  const mdp::Policy one = mdp::Policy::deterministic(std::vector<std::int32_t>(states, choice));
  if (problem.criterion != Criterion::kFinite) return {.stationary = one};
  return {.stages = mdp::StagePolicy(static_cast<std::size_t>(problem.horizon), one)};
}

TEST(ConstrainedStop, LongPlaysAreAskedAboutAtEveryStage) {
  const ConstrainedProblem problem = long_play();
  int asked = 0, most = 1'000'000;
  const Lagrangian on(problem, [&](const TraceRow&) { return ++asked < most; });
  const AnyPolicy slow = always(problem, 1), fast = always(problem, 90);
  EXPECT_FALSE(std::isinf(on.planner().evaluate(slow)[1].upper));
  EXPECT_EQ(asked, 2 * problem.horizon) << "a pass for the reward, one for the cost";
  asked = 0;
  EXPECT_EQ(on.planner().values(slow).value.size(), 10);
  EXPECT_EQ(asked, problem.horizon);
  asked = 0;
  const std::vector<AnyPolicy> both = {slow, fast};
  const std::vector<double> half = {.5, .5};
  EXPECT_EQ(on.planner().mix(both, half).stages.size(), 1001U);
  EXPECT_EQ(asked, 3 * problem.horizon) << "an occupancy each, and the policy of their mean";

  asked = 0, most = 5;
  const auto anything = on.planner().evaluate(slow);
  EXPECT_EQ(asked, 5);
  EXPECT_TRUE(on.planner().given_up());
  ASSERT_EQ(anything.size(), 2U);
  EXPECT_TRUE(std::isinf(anything[0].upper) && std::isinf(anything[1].lower));
  EXPECT_EQ(on.planner().values(slow).value.size(), 0);
  EXPECT_TRUE(on.planner().mix(both, half).stages.empty());
  EXPECT_EQ(asked, 5) << "nobody is asked after a no";
}

TEST(ConstrainedStop, TheMeanOfOccupanciesStopsAtAStage) {
  const ConstrainedProblem problem = long_play();
  const std::vector<AnyPolicy> both = {always(problem, 1), always(problem, 90)};
  for (const int most : {3, 1001 + 3, 2002 + 3}) {
    int asked = 0;
    const Lagrangian on(problem, [&](const TraceRow&) { return ++asked < most; });
    EXPECT_TRUE(on.planner().mix(both, std::vector<double>{.5, .5}).stages.empty()) << most;
    EXPECT_EQ(asked, most);
  }
}

TEST(ConstrainedStop, LinearSystemsOfLargeModelsAreAbandoned) {
  ConstrainedProblem problem = wide_ring();
  const test::AbandonedWork waiting;
  for (const Criterion criterion : {Criterion::kDiscounted, Criterion::kAverage}) {
    problem.criterion = criterion;
    problem.discount = criterion == Criterion::kDiscounted ? .9 : 1;
    int asked = 0;
    const auto stops = [&](const TraceRow&) { return ++asked < 3; };
    const AnyPolicy slow = always(problem, 0), fast = always(problem, 1);
    const Lagrangian first(problem, stops), second(problem, stops), third(problem, stops);
    EXPECT_TRUE(std::isinf(first.planner().evaluate(slow)[0].upper));
    EXPECT_EQ(asked, 3);
    EXPECT_TRUE(first.planner().given_up());
    asked = 0;
    EXPECT_EQ(second.planner().values(slow).value.size(), 0);
    EXPECT_EQ(asked, 3);
    asked = 0;
    const AnyPolicy mixed = third.planner().mix(std::vector{slow, fast}, std::vector<double>{.5, .5});
    EXPECT_EQ(asked, 3);
    EXPECT_TRUE(mixed.stationary.empty() && mixed.parts.empty());
  }
}

// The evaluation of the first policy is most of the work: without it nothing is proven.
TEST(ConstrainedStop, BeforeTheFirstPolicyIsEvaluatedThereIsNoAnswer) {
  for (const auto& search :
       {+[](const ConstrainedProblem&p, const SolveOptions&run) { return dual_bisection(p, {}, run); },
        +[](const ConstrainedProblem&p, const SolveOptions&run) { return bundle(p, {}, run); },
        +[](const ConstrainedProblem&p, const SolveOptions&run) { return dual_ascent(p, {}, run); }}) {
    int asked = 0, after = 0;
    const auto got = search(long_play(), {.observer = [&](const TraceRow& row) {
                              after += asked >= 7 ? 1 : 0;
                              return !is_evaluation(row) || ++asked < 7;
                            }});
    EXPECT_EQ(asked, 7) << got.algorithm;
    EXPECT_LE(after, 2) << got.algorithm;
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << got.algorithm;
    EXPECT_TRUE(std::isnan(got.expected.value)) << got.algorithm;
    EXPECT_TRUE(std::isinf(got.gap)) << got.algorithm;
    EXPECT_EQ(got.value.size(), 0) << got.algorithm;
  }
}

// What was evaluated before the stop is told, and no more is evaluated.
TEST(ConstrainedStop, LaterTheBestPolicyThatIsKnownIsReturned) {
  const ConstrainedProblem problem = long_play();
  int asked = 0;
  const auto whole =
      dual_bisection(problem, {}, {.observer = [&](const TraceRow& row) { return asked += is_evaluation(row), true; }});
  ASSERT_EQ(whole.status, Status::kConverged);
  const int all = asked;
  int one_sided = 0, proven = 0;
  for (const int most : {2002 + 9, 4004 + 9, all / 2, all - 2002 - 9}) {
    asked = 0;
    const auto got = dual_bisection(
        problem, {}, {.observer = [&](const TraceRow& row) { return !is_evaluation(row) || ++asked < most; }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << most;
    EXPECT_EQ(asked, most) << "nobody is asked after a no";
    EXPECT_EQ(got.value.size(), 0) << "the states' values are left out";
    ASSERT_FALSE(got.stages.empty()) << most;
    EXPECT_TRUE(std::isfinite(got.expected.lower) && std::isfinite(got.expected.upper)) << most;
    // What it says of its policy is what an undisturbed planner says.
    const auto checked = Lagrangian(problem).planner().evaluate({.stages = got.stages});
    EXPECT_DOUBLE_EQ(checked[0].value, got.expected.value) << most;
    EXPECT_DOUBLE_EQ(checked[1].value, got.budgets[0].cost.value) << most;
    (std::isfinite(got.gap) ? proven : one_sided) += 1;
    if (!std::isfinite(got.gap)) continue;
    EXPECT_LE(got.optimum.lower, whole.optimum.upper) << most;
    EXPECT_GE(got.optimum.upper, whole.optimum.lower) << most;
    EXPECT_LE(got.budgets[0].cost.upper, 400) << most;
  }
  EXPECT_GT(one_sided, 0);
  EXPECT_GT(proven, 0);
}

// Steps that went before count, nothing is evaluated after a no, and one that ended is not asked to end again.
TEST(ConstrainedStop, DualAscentReturnsWhatItHasProven) {
  const ConstrainedProblem problem = long_play();
  const auto exact = dual_bisection(problem);
  double gap = HUGE_VAL;
  for (const int most : {2002 + 9, 4004 + 9, 20'000, 60'000}) {
    int asked = 0;
    const auto got = dual_ascent(
        problem, {}, {.observer = [&](const TraceRow& row) { return !is_evaluation(row) || ++asked < most; }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << most;
    EXPECT_EQ(asked, most) << "nobody is asked after a no";
    ASSERT_FALSE(got.stages.empty()) << most;
    const auto checked = Lagrangian(problem).planner().evaluate({.stages = got.stages});
    EXPECT_DOUBLE_EQ(checked[0].value, got.expected.value) << most;
    EXPECT_DOUBLE_EQ(checked[1].value, got.budgets[0].cost.value) << most;
    EXPECT_EQ(std::isfinite(got.gap), got.violation == 0) << most;
    EXPECT_LE(got.gap, gap) << most;
    gap = got.gap;
    if (!std::isfinite(gap)) continue;
    EXPECT_LE(got.optimum.lower, exact.optimum.upper) << most;
    EXPECT_GE(got.optimum.upper, exact.optimum.lower) << most;
    EXPECT_LE(got.budgets[0].cost.upper, 400) << most;
  }
  EXPECT_LT(gap, 100);
}

// A no while it plans: what was planned so far is not evaluated.
TEST(ConstrainedStop, DualAscentLeavesAPlanThatWasBrokenOff) {
  const ConstrainedProblem problem = long_play();
  for (const int most : {30, 300, 3000}) {
    int steps = 0, evaluations_after = 0;
    const auto got = dual_ascent(problem, {}, {.observer = [&](const TraceRow& row) {
                                   if (is_evaluation(row)) {
                                     evaluations_after += steps >= most;
                                     return true;
                                   }
                                   return ++steps < most;
                                 }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << most;
    EXPECT_EQ(evaluations_after, 0) << most;
    EXPECT_LE(steps, most + 1) << most;
  }
}

TEST(ConstrainedStop, SweepsOfTheGameAsk) {
  mdp::TabularMdpBuilder builder(200);
  for (int s = 0; s < 200; ++s) {
    std::vector<mdp::Entry> anywhere;
    for (int to = 0; to < 200; ++to) anywhere.push_back({.next = to, .probability = 1.0 / 200});
    anywhere[static_cast<std::size_t>(s)].probability += .9;
    for (mdp::Entry& entry : anywhere) entry.probability /= 1.9;
    for (int a = 0; a < 5; ++a) builder.add_choice(s, s % 7 * a, anywhere).cost("fuel", a);
  }
  const ConstrainedProblem problem{.model = {std::move(builder).build(), std::vector<double>{1e3}}, .discount = .999};
  int asked = 0, most = 1'000'000;
  const Lagrangian on(problem, [&](const TraceRow&) { return ++asked < most; });
  const constrained::Game game(on, "reload");
  constrained::View view;
  game.evaluate(game.uniform_policy(), view, true);
  const int whole = asked;
  EXPECT_GT(whole, 2) << "200'000 transitions a sweep: every ten sweeps";
  asked = 0, most = 1;
  constrained::View other;
  game.evaluate(game.uniform_policy(), other, true);
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(on.planner().stopped());
  EXPECT_FALSE(on.planner().given_up()) << "small enough to be proven all the same";
  // The method then proves what it has.
  int questions = 0;
  const auto got =
      reload(problem, {}, {.observer = [&](const TraceRow& row) { return !is_evaluation(row) || ++questions < 2; }});
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.value.size(), 200);
  EXPECT_TRUE(std::isfinite(got.expected.upper));
}

}  // namespace
}  // namespace bellwether::solvers
