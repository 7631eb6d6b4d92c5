#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "solvers/robust/certificate.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/operator.h"
#include "solvers/robust/robust_backward_induction.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"
#include "tests/support/abandoned_work.h"
#include "tests/unit/solvers/robust/all_planners.h"

namespace bellwether::solvers {
namespace {

using robust::Decision;
using robust::Operator;

/// Long rows: a pass over the states is worth `questions` of them, the last one at the last state.
RobustProblem with_long_rows(int questions) {
  return {.model = mdp::RobustMdp(
              mdp::garnet({.states = 2048 * questions, .actions = 1, .successors = 1000, .seed = 3}).model,
              {.kind = mdp::SetKind::kContamination, .radius = {.1}}),
          .discount = .9};
}

/// Few listed successors and all states as outcomes: no pass is over before it is time to ask.
RobustProblem with_all_states(int states, double discount = .9) {
  return {.model = mdp::RobustMdp(mdp::garnet({.states = states, .actions = 3, .successors = 2, .seed = 5}).model,
                                  {.kind = mdp::SetKind::kL2, .support = mdp::Support::kAll, .radius = {.2}}),
          .discount = discount};
}

using Pass = std::function<void(Operator&, std::span<const double>, std::span<double>, Decision&)>;

const std::vector<std::pair<std::string, Pass>>& passes() {
  static const std::vector<std::pair<std::string, Pass>> table = {
      {"sweep", [](Operator& op, auto v, auto out, Decision&) { op.sweep(v, out); }},
      {"improve",
       [](Operator& op, auto v, auto out, Decision&) {
         Decision found;
         op.improve(v, out, found);
       }},
      {"evaluate", [](Operator& op, auto v, auto out, Decision& played) { op.evaluate(played, v, out); }},
      {"respond", [](Operator& op, auto v, auto, Decision& played) { op.respond(played, v, false); }},
      {"certify", [](Operator& op, auto v, auto, Decision&) { certify(op, v); }},
      {"certify a policy", [](Operator& op, auto v, auto, Decision& played) { certify_policy(op, v, played); }}};
  return table;
}

TEST(RobustStop, EveryPassAsksOnTheWay) {
  const RobustProblem problem = with_long_rows(2);
  Operator op(problem);
  const std::vector<double> v(static_cast<std::size_t>(problem.model.num_states()), 1);
  std::vector<double> out = v;
  Decision played{.choice = std::vector<std::int32_t>(v.size(), 0), .weight = {}};
  for (const auto& [name, pass] : passes()) {
    int asked = 0;
    op.ask([&] { return ++asked, true; });
    pass(op, v, out, played);
    EXPECT_EQ(asked, 2) << name;
    EXPECT_FALSE(op.broken_off()) << name;
    asked = 0;
    op.ask([&] { return ++asked, false; });
    pass(op, v, out, played);
    EXPECT_EQ(asked, 1) << name;
    EXPECT_TRUE(op.broken_off()) << name;
  }
}

TEST(RobustStop, APassThatIsBrokenOffLeavesTheRestAlone) {
  const RobustProblem problem = with_long_rows(2);
  Operator op(problem);
  const ThreadCount guard(1);
  const std::vector<double> v(static_cast<std::size_t>(problem.model.num_states()), 1);
  std::vector<double> all = v, some = v;
  op.sweep(v, all);
  op.ask([] { return false; });
  op.sweep(v, some);
  EXPECT_EQ(some[0], all[0]);
  EXPECT_NE(some.back(), all.back());
}

/// The planners, and the evaluation of a policy, which sweeps as they do.
std::vector<std::pair<std::string, Planner>> planners_and_evaluation() {
  auto table = planners();
  table.emplace_back("evaluation", [](const auto& p, const auto& run) {
    const auto states = static_cast<std::size_t>(p.model.num_states());
    return evaluate_robust(p, mdp::Policy::deterministic(std::vector<std::int32_t>(states, 1)), {}, run);
  });
  return table;
}

// A proof is as long as the sweep that nobody wanted to wait for.
TEST(RobustStop, PlannersStopWithinTheirFirstSweepAndProveByTheRewards) {
  const RobustProblem problem = with_all_states(2000);
  const auto rewards = problem.model.nominal().reward();
  const auto [least, most] = std::ranges::minmax_element(rewards);
  for (const auto& [name, solve] : planners_and_evaluation()) {
    int asked = 0;
    const RobustSolution got = solve(problem, {.observer = [&](const TraceRow&) { return ++asked, false; }});
    EXPECT_EQ(asked, 1) << name;
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << name;
    EXPECT_EQ(got.iterations, 0) << name;
    EXPECT_THAT(got.note, testing::HasSubstr("bounds are those of the rewards alone")) << name;
    EXPECT_NEAR(got.lower.minCoeff(), *least * 10, 1e-9) << name;
    EXPECT_NEAR(got.upper.maxCoeff(), *most * 10, 1e-9) << name;
    EXPECT_LE(got.lower.maxCoeff(), *least * 10) << name;
    EXPECT_GE(got.upper.minCoeff(), *most * 10) << name;
    EXPECT_TRUE(got.worst_case.empty()) << name;
    EXPECT_NO_THROW(got.policy.require_fits(problem.model.nominal())) << name;
  }
}

// Early sweeps know of values what 1 / (1 - discount) times their change says: more than the rewards allow.
TEST(RobustStop, BoundsAreNeverWiderThanThoseOfTheRewards) {
  RobustProblem problem = with_all_states(40);
  problem.discount = .999;
  const auto rewards = problem.model.nominal().reward();
  const auto [least, most] = std::ranges::minmax_element(rewards);
  for (const auto& [name, solve] : planners_and_evaluation()) {
    for (const int sweeps : {1, 2, 3, 5}) {
      const RobustSolution got = solve(problem, {.max_iterations = sweeps});
      EXPECT_LE((got.upper - got.lower).maxCoeff(), (*most - *least) * 1000 * (1 + 1e-12)) << name << ' ' << sweeps;
    }
  }
}

// The bounds by rewards are those of no sweep: greedy for the rewards is what is left to play.
TEST(RobustStop, WhatIsPlayedIsGreedyForTheRewards) {
  const RobustProblem problem = with_all_states(2000);
  const RobustSolution got = robust_value_iteration(problem, {}, {.observer = [](const TraceRow&) { return false; }});
  const mdp::TabularMdp& model = problem.model.nominal();
  for (int s = 0; s < model.num_states(); ++s) {
    const std::int64_t played = model.first_choice(s) + got.policy.choices()[static_cast<std::size_t>(s)];
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      ASSERT_GE(model.reward(played), model.reward(c)) << s;
  }
}

TEST(RobustStop, ShortProofsAreFinishedAfterAStop) {
  const RobustProblem problem = with_all_states(1024);  // asks four times a pass
  ASSERT_LT(Operator(problem).effort(), 16'000'000);
  int asked = 0;
  const RobustSolution got =
      robust_value_iteration(problem, {}, {.observer = [&](const TraceRow&) { return ++asked, false; }});
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.iterations, 0);
  EXPECT_THAT(got.note, testing::Not(testing::HasSubstr("rewards alone")));
  EXPECT_LT(got.upper.maxCoeff() - got.lower.minCoeff(), 9.9) << "tighter than by the rewards";
  EXPECT_FALSE(got.worst_case.empty());
}

TEST(RobustStop, AStageOfAFiniteHorizonAsks) {
  RobustProblem problem = with_all_states(2000, 1);
  problem.criterion = Criterion::kFinite;
  problem.horizon = 3;
  int asked = 0;
  const RobustSolution got =
      robust_backward_induction(problem, {}, {.observer = [&](const TraceRow&) { return ++asked, false; }});
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.transitions_read, 0) << "heard in the midst of the last stage";
  EXPECT_EQ(got.lower.size(), 0);
}

// Nature's policy iteration solves a linear system a round, which could take minutes.
TEST(RobustStop, LinearSolvesCanBeAbandoned) {
  const RobustProblem problem{.model = mdp::RobustMdp(mdp::garnet({.states = 600, .actions = 2, .successors = 3}).model,
                                                      {.kind = mdp::SetKind::kL1, .radius = {.2}}),
                              .discount = .99};
  const test::AbandonedWork waiting;
  int asked = 0;
  const RobustSolution got =
      robust_policy_iteration(problem, {}, {.tolerance = 0, .observer = [&](const TraceRow&) { return ++asked < 12; }});
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.iterations, 1) << "the first evaluation never got its solution";
  EXPECT_EQ(asked, 12);
  EXPECT_TRUE(std::isfinite(got.gap));
}

}  // namespace
}  // namespace bellwether::solvers
