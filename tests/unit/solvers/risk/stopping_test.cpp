// Questions inside one stage, one sweep and one sort.
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "mdp/instances/garnet.h"
#include "solvers/risk/entropic.h"
#include "solvers/risk/nested_risk.h"
#include "solvers/risk/static_risk.h"
#include "tests/support/abandoned_work.h"
#include "tests/unit/solvers/risk/examples.h"

namespace bellwether::solvers {
namespace {

/// Six ways a stage, no two of them pay the same, nor in another order: two million pairs of a state and earnings in
/// eight stages.
Problem many_earnings() {
  Stream stream(12);
  std::vector<std::vector<std::vector<Way>>> choices(3, std::vector<std::vector<Way>>(2));
  for (auto& state : choices)
    for (auto& ways : state)
      for (int to = 0; to < 3; ++to) ways.push_back({to, stream.uniform(), to == 0 ? .5 : .25});
  return {.model = model_of(choices), .criterion = Criterion::kFinite, .discount = .97, .horizon = 8};
}

TEST(RiskStop, BuildingATreeAsksWithinAStage) {
  const Problem problem = many_earnings();
  int all = 0;
  const StockTree whole(problem, {}, [&] { return ++all, true; });
  EXPECT_TRUE(whole.complete());
  EXPECT_GE(all, 7) << "280'000 nodes of one stage with 1.7 million outcomes, 260'000 to a question";
  for (const int most : {1, 2}) {
    int asked = 0;
    const StockTree tree(problem, {}, [&] { return ++asked < most; });
    EXPECT_FALSE(tree.complete());
    EXPECT_EQ(asked, most);
  }
}

TEST(RiskStop, NothingIsSaidOfWhatWasNotFound) {
  const Problem problem = many_earnings();
  const SolveOptions no{.observer = [](const TraceRow&) { return false; }};
  for (const RiskSolution& stopped :
       {plan_for_conditional_value_at_risk(problem, .1, {}, no), plan_for_value_at_risk(problem, .1, {}, no),
        plan_for_mean_variance(problem, .1, {}, no), plan_for_target(problem, 1, {}, no)}) {
    EXPECT_EQ(stopped.status, Status::kStoppedByCaller) << stopped.algorithm;
    EXPECT_TRUE(std::isnan(stopped.value)) << stopped.algorithm;
    EXPECT_TRUE(std::isnan(stopped.parameter)) << stopped.algorithm;
    EXPECT_EQ(stopped.lower, -std::numeric_limits<double>::infinity()) << stopped.algorithm;
    EXPECT_EQ(stopped.upper, std::numeric_limits<double>::infinity()) << stopped.algorithm;
  }
}

TEST(RiskStop, SortsOfMillionsAreAbandoned) {
  const Problem problem = many_earnings();
  const test::AbandonedWork waiting;
  int asked = 0;
  const StockTree tree(problem, {}, [&] { return ++asked < 40; });
  EXPECT_FALSE(tree.complete());
  EXPECT_EQ(asked, 40) << "waiting for a sort that cannot begin";
}

TEST(RiskStop, TooManyNodesAreRefusedWithinAStage) {
  const Problem problem = many_earnings();
  // The eighth stage alone has 1.7 million.
  EXPECT_THAT(
      [&] { StockTree(problem, {.max_nodes = 400'000}); },
      testing::ThrowsMessage<InvalidOption>(testing::HasSubstr("after 8 stages of 8 there are already 400001")));
}

TEST(RiskStop, EveryPassOverTheTreeAsks) {
  const Problem problem = many_earnings();
  const StockTree tree(problem, {});
  int asked = 0;
  const auto stops = [&] { return ++asked, false; };
  EXPECT_TRUE(std::isnan(tree.maximise([](double x) { return x; }, nullptr, stops)));
  EXPECT_EQ(asked, 1);
  tree.least_mass_below(3, nullptr, stops);
  EXPECT_EQ(asked, 2);
  StockPolicy policy;
  tree.maximise([](double x) { return x; }, &policy);
  EXPECT_TRUE(tree.law(policy, stops).atom.empty());
  EXPECT_EQ(asked, 3);
}

using Plan = RiskSolution (*)(const Problem&, const SolveOptions&);

void expect_no_answer(const RiskSolution& got) {
  EXPECT_EQ(got.status, Status::kStoppedByCaller) << got.algorithm;
  EXPECT_EQ(got.note, "stopped before there was an answer") << got.algorithm;
  EXPECT_FALSE(got.tree) << got.algorithm;
  EXPECT_TRUE(std::isinf(got.gap)) << got.algorithm;
}

TEST(RiskStop, LargeTreesAreLeftWithoutAnAnswer) {
  const Problem problem = many_earnings();
  const Plan searches[] = {
      [](const Problem& p, const SolveOptions& run) { return plan_for_value_at_risk(p, .5, {}, run); },
      [](const Problem& p, const SolveOptions& run) { return plan_for_conditional_value_at_risk(p, .5, {}, run); },
      [](const Problem& p, const SolveOptions& run) { return plan_for_mean_variance(p, .5, {}, run); }};
  for (const Plan plan : searches) {
    int last = 0;
    bool within = false;  // asked twice after as many evaluations: once in the midst of the next
    const RiskSolution got = plan(problem, {.observer = [&](const TraceRow& row) {
                                    within = row.iteration > 0 && row.iteration == last;
                                    last = static_cast<int>(row.iteration);
                                    return !within && row.iteration < 8;
                                  }});
    EXPECT_TRUE(within) << got.algorithm;
    expect_no_answer(got);
  }
  const auto plain = [](double x) { return x; };
  int asked = 0;
  expect_no_answer(
      plan_for_utility(problem, plain, 1, {}, {.observer = [&](const TraceRow&) { return ++asked, false; }}));
  EXPECT_EQ(asked, 1);
}

TEST(RiskStop, SweepsOfNestedRiskAsk) {
  Problem problem{.model = mdp::garnet({.states = 2048, .actions = 2, .successors = 3}).model,
                  .criterion = Criterion::kDiscounted,
                  .discount = .9};
  const NestedRiskOptions options{.measure = "entropic-value-at-risk", .level = .5};
  int asked = 0;
  const auto stops = [&](const TraceRow&) { return ++asked, false; };
  const Solution got = plan_for_nested_risk(problem, options, {.observer = stops});
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.iterations, 0);
  EXPECT_TRUE(std::isinf(got.gap));
  EXPECT_NO_THROW(got.policy.require_fits(problem.model));
  problem.criterion = Criterion::kFinite;
  problem.horizon = 1;
  asked = 0;
  EXPECT_EQ(plan_for_nested_risk(problem, options, {.observer = stops}).status, Status::kStoppedByCaller);
  EXPECT_EQ(asked, 1);
}

TEST(RiskStop, StagesOfEntropicRiskAsk) {
  const Problem problem{.model = mdp::garnet({.states = 1024, .actions = 2, .successors = 1000}).model,
                        .criterion = Criterion::kFinite,
                        .discount = 1,
                        .horizon = 6};
  int asked = 0;
  EXPECT_EQ(plan_for_entropic_risk(problem, 1, {.observer = [&](const TraceRow&) { return ++asked, true; }}).status,
            Status::kConverged);
  EXPECT_EQ(asked, 6 * 3) << "twice within a stage, once after it";
  asked = 0;
  EXPECT_EQ(plan_for_entropic_risk(problem, 1, {.observer = [&](const TraceRow&) { return ++asked, false; }}).status,
            Status::kStoppedByCaller);
  EXPECT_EQ(asked, 1);
  // Twelve million transitions a pass: the policy of what was found is not looked for after a stop.
  for (const int most : {2 * 6 * 3 + 1, 4 * 6 * 3}) {
    asked = 0;
    const auto got =
        plan_for_entropic_value_at_risk(problem, .5, {.observer = [&](const TraceRow&) { return ++asked < most; }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller);
    EXPECT_EQ(asked, most);
    EXPECT_TRUE(got.stages.empty());
  }
}

}  // namespace
}  // namespace bellwether::solvers
