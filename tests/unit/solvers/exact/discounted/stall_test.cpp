// Planners on which rounding, scales or a discount next to one play tricks must come to an end, with bounds that hold.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/exact/discounted/flow_policy_iteration.h"
#include "solvers/exact/discounted/inexact_policy_iteration.h"
#include "solvers/exact/discounted/lazy_policy_iteration.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using ::testing::HasSubstr;
using ::testing::Not;

using Planner = Solution (*)(const Problem&, const SolveOptions&);

struct Case {
  std::string name;
  Planner solve;
};

const Case kAuto{"auto", [](const Problem& p, const SolveOptions& run) { return discounted_auto(p, run); }};
const Case kLazy{"lazy-policy-iteration",
                 [](const Problem& p, const SolveOptions& run) { return lazy_policy_iteration(p, {}, run); }};
const Case kFlow{"flow-policy-iteration",
                 [](const Problem& p, const SolveOptions& run) { return flow_policy_iteration(p, {}, run); }};
const Case kInexact{"inexact-policy-iteration",
                    [](const Problem& p, const SolveOptions& run) { return inexact_policy_iteration(p, {}, run); }};

/// The run, stopped where it would count as one that hangs.
Solution within(std::int64_t calls, const Case& planner, const Problem& problem, double tolerance = 1e-6) {
  std::int64_t asked = 0;
  return planner.solve(problem, {.tolerance = tolerance, .observer = [&](const TraceRow&) { return ++asked < calls; }});
}

/// Two states that cannot be left; nobody plays the choice that costs `penalty`.
Problem forbidden_choice(double penalty) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, 1.0}}).add_choice(1, 1.0, {{1, 1.0}}).add_choice(1, penalty, {{1, 1.0}});
  return {.model = std::move(builder).build(), .direction = Direction::kMinimise, .discount = 0.9999999};
}

/// A cycle of four states with a trap, whose play mixes slowly beside the discounts used here.
Problem five_states(double discount) {
  mdp::TabularMdpBuilder builder(5);
  builder.add_choice(0, -2, {{1, 1.0}})
      .add_choice(0, 4, {{0, 0.8040876179074588}, {3, 0.1959123820925412}})
      .add_choice(1, 0, {{3, 0.7680825253024332}, {1, 0.22443363052779727}, {4, 0.007483844169769578}})
      .add_choice(2, -1, {{4, 0.5}, {0, 0.5}})
      .add_choice(2, -2, {{2, 1.0}})
      .add_choice(3, -1, {{0, 1.0}})
      .add_choice(3, -2, {{3, 1.0}})
      .add_choice(4, 3, {{4, 1.0}});
  return {.model = std::move(builder).build(), .discount = discount};
}

TEST(Stalling, AChoiceNobodyTakesDoesNotSetTheScale) {
  for (const double penalty : {1e30, 1e100, 1e300}) {
    const Problem problem = forbidden_choice(penalty);
    for (const Case& planner : {kAuto, kLazy, kFlow, kInexact}) {
      const Solution got = within(5000, planner, problem);
      EXPECT_EQ(got.status, Status::kRoundingLimited) << planner.name << " " << penalty;
      EXPECT_LE(got.gap, 1e-2) << planner.name;
      EXPECT_LE(got.lower[1], 1e7) << planner.name;
      EXPECT_GE(got.upper[1], 1e7 * (1 - 1e-9)) << planner.name;
    }
  }
}

TEST(Stalling, CorrectionsFarBelowTheLargestRewardKeepTheirDigits) {
  const mdp::TabularMdp plain = mdp::garnet({.states = 50, .actions = 3, .successors = 5}).model;
  mdp::TabularMdpBuilder builder(50);
  for (int s = 0; s < 50; ++s) {
    for (std::int64_t c = plain.first_choice(s); c < plain.first_choice(s + 1); ++c) {
      std::vector<mdp::Entry> row;
      for (std::size_t k = 0; k < plain.successors(c).size(); ++k)
        row.push_back({plain.successors(c)[k], plain.probabilities(c)[k]});
      builder.add_choice(s, plain.reward(c), row);
    }
    builder.add_choice(s, -1e200, {{s, 1.0}});
  }
  const Problem with{.model = std::move(builder).build(), .discount = 0.95}, without{.model = plain, .discount = 0.95};
  const Solution expected = within(1000, kLazy, without, 1e-9), got = within(1000, kLazy, with, 1e-9);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_THAT(got.note, Not(HasSubstr("factorisation")));
  EXPECT_LE(got.iterations, 3 * expected.iterations);
  for (int s = 0; s < 50; ++s) EXPECT_NEAR(got.value[s], expected.value[s], 2e-9);
}

TEST(Stalling, ADiscountNextToOneEndsInPolicyIteration) {
  for (const double discount : {1 - 1e-8, 1 - 1e-12}) {
    const Problem problem = five_states(discount);
    const Solution direct = policy_iteration(problem);
    int helped = 0;
    for (const Case& planner : {kLazy, kFlow, kInexact}) {
      const Solution got = within(5000, planner, problem);
      EXPECT_EQ(got.status, Status::kRoundingLimited) << planner.name << " " << discount;
      EXPECT_EQ(got.algorithm, planner.name);
      EXPECT_LE(got.gap, 1.01 * direct.gap) << planner.name;
      EXPECT_EQ(got.policy, direct.policy) << planner.name;
      for (std::size_t i = 1; i < got.trace.size(); ++i)
        EXPECT_LT(got.trace[i - 1].iteration, got.trace[i].iteration) << planner.name;
      helped += got.note.find("policy iteration with a factorisation finished") != std::string::npos ? 1 : 0;
    }
    EXPECT_GE(helped, 1) << discount;
  }
}

TEST(Stalling, TheIterationLimitCountsBothParts) {
  const Problem problem = five_states(1 - 1e-12);
  const Solution cut = lazy_policy_iteration(problem, {}, {.max_iterations = 50});
  EXPECT_EQ(cut.status, Status::kBudgetExhausted);
  EXPECT_EQ(cut.iterations, 50);
}

TEST(Stalling, StopDuringTheSecondPartKeepsTheFirstProof) {
  const Problem problem = five_states(1 - 1e-12);
  const Solution whole = lazy_policy_iteration(problem);
  std::int64_t calls = 0;
  lazy_policy_iteration(problem, {}, {.observer = [&](const TraceRow&) { return ++calls > 0; }});
  std::int64_t asked = 0;
  const Solution stopped =
      lazy_policy_iteration(problem, {}, {.observer = [&](const TraceRow&) { return ++asked < calls; }});
  EXPECT_EQ(stopped.iterations, whole.iterations);
  EXPECT_TRUE(std::isfinite(stopped.gap));
}

// Too large for a factorisation that nobody asked for, and no evaluation of it helps.
TEST(Stalling, ALargeModelGivesUpWithTrueBounds) {
  constexpr int kCopies = 410;
  const mdp::TabularMdp one = five_states(0).model;
  mdp::TabularMdpBuilder builder(5 * kCopies);
  for (int copy = 0; copy < kCopies; ++copy) {
    for (int s = 0; s < 5; ++s) {
      for (std::int64_t c = one.first_choice(s); c < one.first_choice(s + 1); ++c) {
        std::vector<mdp::Entry> row;
        for (std::size_t k = 0; k < one.successors(c).size(); ++k)
          row.push_back({5 * copy + one.successors(c)[k], one.probabilities(c)[k]});
        builder.add_choice(5 * copy + s, one.reward(c), row);
      }
    }
  }
  const double discount = 1 - 1e-12;
  const Solution exact = policy_iteration(five_states(discount));
  const Problem problem{.model = std::move(builder).build(), .discount = discount};
  for (const Case& planner : {kFlow, kLazy}) {
    const Solution got = within(20'000, planner, problem);
    EXPECT_THAT(got.status, ::testing::AnyOf(Status::kBudgetExhausted, Status::kRoundingLimited)) << planner.name;
    ASSERT_TRUE(std::isfinite(got.gap));
    for (int s = 0; s < 5; ++s) {
      EXPECT_LE(got.lower[s], exact.upper[s]) << planner.name;
      EXPECT_GE(got.upper[s], exact.lower[s]) << planner.name;
    }
  }
}

}  // namespace
}  // namespace bellwether::test
