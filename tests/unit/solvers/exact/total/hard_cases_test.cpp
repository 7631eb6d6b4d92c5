#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/abandonable.h"
#include "solvers/exact/total/bound_check.h"

#include "enumeration.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;

/// Two arms of n states each: from every state of an arm the play moves one step on or falls back to the start, half
/// and half; the ends are the target and a trap. The answer is 1/2, and value iteration needs about 2^n sweeps.
Problem haddad_monmege(int n) {
  const int states = 2 * n + 1;  // 0 is the start, 1..n one arm (n the target), n+1..2n the other (2n the trap)
  mdp::TabularMdpBuilder builder(states);
  builder.add_choice(0, 0, {{1, .5}, {n + 1, .5}});
  for (const int first : {1, n + 1}) {
    for (int i = 0; i + 1 < n; ++i) builder.add_choice(first + i, 0, {{first + i + 1, .5}, {0, .5}});
    builder.add_choice(first + n - 1, 0, {{first + n - 1, 1.0}});
  }
  return {.model = std::move(builder).build(), .criterion = Criterion::kReach, .target = {n}};
}

void expect_proven(const Problem& problem, const Solution& got, const TotalOptions& options = {}) {
  const BoundCheck check =
      check_total_bounds(problem, must_reach_goal(problem, options), got.policy, got.lower, got.upper);
  EXPECT_TRUE(check.holds) << got.algorithm << " state " << check.state << ": " << check.reason;
}

/// What others do: stop when the largest relative change of a sweep is below the tolerance.
double difference_stopped(const Problem& problem, double tolerance, int start) {
  const auto n = static_cast<std::size_t>(problem.model.num_states());
  std::vector<double> v(n, 0.0), next(n);
  const bool reach = problem.criterion == Criterion::kReach;
  for (const std::int32_t s : problem.target) v[static_cast<std::size_t>(s)] = reach ? 1 : 0;
  double change = 1;
  while (change > tolerance) {
    next = v;
    change = 0;
    for (int s = 0; s < static_cast<int>(n); ++s) {
      if (std::find(problem.target.begin(), problem.target.end(), s) != problem.target.end()) continue;
      double best = -1e300;
      for (std::int64_t c = problem.model.first_choice(s); c < problem.model.first_choice(s + 1); ++c) {
        double sum = reach ? 0 : problem.model.reward(c);
        for (std::size_t i = 0; i < problem.model.successors(c).size(); ++i)
          sum += problem.model.probabilities(c)[i] * v[static_cast<std::size_t>(problem.model.successors(c)[i])];
        best = std::max(best, sum);
      }
      next[static_cast<std::size_t>(s)] = best;
      if (best != 0) change = std::max(change, std::abs(1 - v[static_cast<std::size_t>(s)] / best));
    }
    v = next;
  }
  return v[static_cast<std::size_t>(start)];
}

TEST(HardCases, HaddadMonmegeIsOneHalfWithAProof) {
  const Problem problem = haddad_monmege(20);
  EXPECT_EQ(problem.model.num_states(), 41);
  EXPECT_NEAR(difference_stopped(problem, 1e-6, 0), 0.19, 0.06);  // "converged", and nowhere near
  for (const auto& solve : {test::planners()[3], test::planners()[4]}) {
    const Solution got = solve.solve(problem, {}, {});
    EXPECT_EQ(got.status, Status::kConverged) << solve.name;
    EXPECT_LE(got.gap, 1e-7) << solve.name;
    EXPECT_LE(got.lower[0], 0.5) << solve.name;
    EXPECT_GE(got.upper[0], 0.5) << solve.name;
    expect_proven(problem, got);
  }
}

TEST(HardCases, SweepsTellTheTruthAboutHaddadMonmegeWhenTheBudgetEnds) {
  const Problem problem = haddad_monmege(20);
  for (const auto& solve : {test::planners()[0], test::planners()[1], test::planners()[2]}) {
    const Solution got = solve.solve(problem, {}, {.max_iterations = 3000});
    EXPECT_EQ(got.status, Status::kBudgetExhausted) << solve.name;
    EXPECT_EQ(got.iterations, 3000) << solve.name;
    EXPECT_GT(got.gap, 0.3) << solve.name;
    EXPECT_LE(std::abs(got.value[0] - 0.5), got.gap) << solve.name;
    expect_proven(problem, got);
  }
}

TEST(HardCases, SweepsSolveASmallerHaddadMonmege) {
  const Problem problem = haddad_monmege(10);
  for (const auto& solve : test::planners()) {
    const Solution got = solve.solve(problem, {}, {});
    EXPECT_EQ(got.status, Status::kConverged) << solve.name << " " << got.note;
    EXPECT_LE(std::abs(got.value[0] - 0.5), got.gap) << solve.name;
    EXPECT_LE(got.gap, 1e-6) << solve.name;
    expect_proven(problem, got);
  }
}

TEST(HardCases, RoundingLimitedSaysHowFarTheProofGoes) {
  const Solution got = total_auto(haddad_monmege(40), {}, {.tolerance = 1e-9});
  EXPECT_EQ(got.status, Status::kRoundingLimited);
  EXPECT_THAT(got.note, HasSubstr("Double arithmetic"));
  EXPECT_LT(got.gap, 0.1);
  EXPECT_LE(std::abs(got.value[0] - 0.5), got.gap);
}

/// A state that leaks with probability 1e-6 a step into a pair of states that swap before the goal, at cost 1 a step.
Problem slow_leak(bool through_a_cycle) {
  mdp::TabularMdpBuilder builder(3);
  if (through_a_cycle) {  // two states swap, so no self-loop can be divided out
    builder.add_choice(0, 1, {{1, 1 - 1e-6}, {2, 1e-6}});
    builder.add_choice(1, 1, {{0, 1 - 1e-6}, {2, 1e-6}});
  } else {
    builder.add_choice(0, 1, {{0, 1 - 1e-6}, {2, 1e-6}});
    builder.add_choice(1, 1, {{0, 1.0}});
  }
  builder.add_choice(2, 0, {{2, 1.0}});
  return {.model = std::move(builder).build(),
          .criterion = Criterion::kTotal,
          .direction = Direction::kMinimise,
          .target = {2}};
}

TEST(HardCases, SlowLeakIsNotFinishedWhenItsChangesAreSmall) {
  for (const bool cycle : {false, true}) {
    Problem problem = slow_leak(cycle);
    // The chance of leaving is 1; its relative changes fall below 1e-6 when half of it is still missing.
    Problem reach = problem;
    reach.criterion = Criterion::kReach;
    EXPECT_LT(difference_stopped(reach, 1e-6, 0), 0.6);
    EXPECT_EQ(total_auto(reach).value[0], 1.0);
    for (const auto& solve : test::planners()) {
      const Solution got = solve.solve(problem, {}, {.tolerance = 1e-3});
      EXPECT_EQ(got.status, Status::kConverged) << solve.name << " " << got.note;
      EXPECT_LE(std::abs(got.value[0] - 1e6), got.gap + 1e-4) << solve.name;  // 1 - 1e-6 is itself rounded
      expect_proven(problem, got);
    }
  }
}

TEST(HardCases, SlowLeakValuesOfTheReferenceLieInside) {
  // The doubles 1e-6 and 1 - 1e-6 sum to one up to 2^-53; the mean waiting time is the row sum over the leak.
  const Solution got = total_auto(slow_leak(false));
  const long double leak = 1e-6, stay = 1 - 1e-6;
  const long double truth = (leak + stay) / leak;
  EXPECT_LE(static_cast<long double>(got.lower[0]), truth);
  EXPECT_GE(static_cast<long double>(got.upper[0]), truth);
  EXPECT_LT(got.gap, 1e-7);
}

// Three states in a ring that is left once in 2^24 rounds, or by waiting in 0 at some price: values near 1e15, whose
// last digit is a million times the tolerance. Sweeps from below, from a quick exit, or from above when the exit is as
// good as the ring, would take minutes to run out of digits.
TEST(HardCases, ValuesWithoutTheDigitsAskedForAreLeftToPolicyIteration) {
  const double leave = 0x1p-24, each = 2e7, truth = 3 * each / leave;
  for (const double price : {0.0, 5 * each, 3 * each}) {  // 0: there is no such exit
    mdp::TabularMdpBuilder builder(4);
    builder.add_choice(0, each, {{1, 1.0}}).add_choice(1, each, {{2, 1.0}});
    builder.add_choice(2, each, {{0, 1 - leave}, {3, leave}}).add_choice(3, 0, {{3, 1.0}});
    if (price > 0) builder.add_choice(0, price, {{0, 1 - leave}, {3, leave}});
    const Problem problem{.model = std::move(builder).build(),
                          .criterion = Criterion::kTotal,
                          .direction = price > 0 ? Direction::kMinimise : Direction::kMaximise,
                          .target = {3}};
    for (const Solution& got : {optimistic_value_iteration(problem), interval_iteration(problem),
                                total_topological_value_iteration(problem)}) {
      EXPECT_EQ(got.status, Status::kRoundingLimited) << got.algorithm << " " << price;
      EXPECT_LE(got.iterations, 250'000) << got.algorithm << " " << price;
      EXPECT_LE(got.lower[0], truth) << got.algorithm << " " << price;
      EXPECT_GE(got.upper[0], truth) << got.algorithm << " " << price;
      EXPECT_LE(got.gap, 1e-6 * truth) << got.algorithm << " " << price;
      expect_proven(problem, got);
    }
  }
}

TEST(HardCases, TinyProbabilitiesNeedARelativeTolerance) {
  // Ten states in a row, each passed with probability one in ten, else back to the start or lost.
  mdp::TabularMdpBuilder builder(12);
  for (int s = 0; s < 10; ++s) builder.add_choice(s, 0, {{s + 1, .1}, {0, .5}, {11, .4}});
  builder.add_choice(10, 0, {{10, 1.0}}).add_choice(11, 0, {{11, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kReach, .target = {10}};
  // x_s = .1 x_{s+1} + .5 x_0: x_0 = 1e-10 / (1 - .5 (1 - 1e-10) / .9)
  const double truth = 1e-10 / (1 - .5 * (1 - 1e-10) / .9);
  const Solution vague = interval_iteration(problem, {}, {.tolerance = 1e-6});
  EXPECT_GT(vague.gap, truth);  // proven to 1e-6, and useless
  for (const auto& solve : test::planners()) {
    const Solution got = solve.solve(problem, {.relative = true}, {.tolerance = 1e-6});
    EXPECT_EQ(got.status, Status::kConverged) << solve.name << " " << got.note;
    EXPECT_NEAR(got.value[0] / truth, 1, 1e-6) << solve.name;
    EXPECT_LE(got.upper[0] - got.lower[0], 2.1e-6 * truth) << solve.name;
    expect_proven(problem, got);
  }
}

TEST(HardCases, GreedyTiesInsideAnEndComponentStillReachTheTarget) {
  // 0 and 1 can swap for ever at the same value as leaving: a policy greedy in the values alone may never leave.
  mdp::TabularMdpBuilder builder(4);
  builder.add_choice(0, 0, {{1, 1.0}}).add_choice(0, 0, {{0, 1.0}});
  builder.add_choice(1, 0, {{0, 1.0}}).add_choice(1, 0, {{2, .25}, {3, .25}, {0, .5}});
  builder.add_choice(2, 0, {{2, 1.0}}).add_choice(3, 0, {{3, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kReach, .target = {2}};
  for (const auto& solve : test::planners()) {
    const Solution got = solve.solve(problem, {}, {});
    EXPECT_NEAR(test::policy_value(problem, got.policy, false)[0], 0.5, 1e-12) << solve.name;
    EXPECT_NEAR(got.value[0], 0.5, 1e-6) << solve.name;
    expect_proven(problem, got);
  }
}

/// A fair walk on 0 .. n, absorbed at both ends: the chance of ending at n is s / n, the expected length s (n - s).
mdp::TabularMdp gambler(int n, double reward) {
  mdp::TabularMdpBuilder builder(n + 1);
  builder.add_choice(0, 0, {{0, 1.0}});
  for (int s = 1; s < n; ++s) builder.add_choice(s, reward, {{s - 1, .5}, {s + 1, .5}});
  builder.add_choice(n, 0, {{n, 1.0}});
  return std::move(builder).build();
}

TEST(HardCases, GamblersRuinHasItsClosedForm) {
  const int n = 400;
  const Problem reach{.model = gambler(n, 0), .criterion = Criterion::kReach, .target = {n}};
  const Problem length{.model = gambler(n, -2), .criterion = Criterion::kTotal};
  for (const auto& solve : {test::planners()[3], test::planners()[4], test::planners()[5]}) {
    const Solution chance = solve.solve(reach, {}, {.tolerance = 1e-9});
    const Solution steps = solve.solve(length, {}, {.tolerance = 1e-4});
    EXPECT_EQ(chance.status, Status::kConverged) << solve.name;
    EXPECT_EQ(steps.status, Status::kConverged) << solve.name;
    for (const int s : {1, 100, 200, 399}) {
      EXPECT_LE(chance.lower[s], static_cast<double>(s) / n) << solve.name;
      EXPECT_GE(chance.upper[s], static_cast<double>(s) / n) << solve.name;
      EXPECT_LE(steps.lower[s], -2.0 * s * (n - s)) << solve.name;
      EXPECT_GE(steps.upper[s], -2.0 * s * (n - s)) << solve.name;
    }
    expect_proven(reach, chance);
    expect_proven(length, steps);
  }
}

TEST(HardCases, AcyclicModelsAreReadTwiceAndNoMore) {
  // A binary tree of depth 12: each transition once from below and once from above.
  const int inner = (1 << 12) - 1, all = (1 << 13) - 1;
  mdp::TabularMdpBuilder builder(all);
  for (int s = 0; s < inner; ++s) builder.add_choice(s, 1, {{2 * s + 1, .5}, {2 * s + 2, .5}});
  for (int s = inner; s < all; ++s) builder.add_choice(s, 0, {{s, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kTotal};
  const Solution got = total_topological_value_iteration(problem);
  EXPECT_LE(std::abs(got.value[0] - 12), got.gap);
  // 3 n + 24 = 30 roundings, four times over (reduced_model.h), of values 1 to 12.
  EXPECT_LT(got.gap, 1.01 * 4 * 30 * 78 * 0x1p-53);
  EXPECT_EQ(got.iterations, 0);
  EXPECT_LE(got.transitions_read, 5 * inner + all);
}

TEST(HardCases, LargeModelsOfSmallComponentsAreQuick) {
  // 100,000 pairs of states in a row; each pair swaps before it moves on.
  const int pairs = 100'000;
  mdp::TabularMdpBuilder builder(2 * pairs + 1);
  for (int k = 0; k < pairs; ++k) {
    builder.add_choice(2 * k, -1, {{2 * k + 1, 1.0}});
    builder.add_choice(2 * k + 1, -1, {{2 * k, .5}, {2 * k + 2, .5}});
  }
  builder.add_choice(2 * pairs, 0, {{2 * pairs, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kTotal};
  const Solution got = total_auto(problem, {}, {.tolerance = 1e-3});
  EXPECT_EQ(got.status, Status::kConverged) << got.note << got.gap;
  EXPECT_LE(std::abs(got.value[0] + 4.0 * pairs), got.gap);
  expect_proven(problem, got);
}

TEST(HardCases, LongRowsOfComponentsShareTheTolerance) {
  // 40 pairs of states that swap with probability .99 before they move on: were each pair solved to the whole
  // tolerance, the next could hardly do better than its successor.
  const int pairs = 40;
  mdp::TabularMdpBuilder builder(2 * pairs + 2);
  for (int k = 0; k < pairs; ++k) {
    builder.add_choice(2 * k, 0, {{2 * k + 1, .99}, {2 * k + 2, .01}});
    builder.add_choice(2 * k + 1, 0, {{2 * k, .99}, {2 * k + 2, .0099}, {2 * pairs + 1, .0001}});
  }
  builder.add_choice(2 * pairs, 0, {{2 * pairs, 1.0}}).add_choice(2 * pairs + 1, 0, {{2 * pairs + 1, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kReach, .target = {2 * pairs}};
  const Solution got = total_topological_value_iteration(problem);
  EXPECT_EQ(got.status, Status::kConverged) << got.note;
  EXPECT_LE(got.gap, 1e-6);
  EXPECT_LE(got.iterations, 34500);  // 33,081 here; 36,144 when every pair may use the whole width
  expect_proven(problem, got);
}

TEST(HardCases, ThreadCountDoesNotChangeTheBits) {
  const Problem problem = haddad_monmege(12);
  const auto value = [&](int threads) {
    const ThreadCount guard(threads);
    return total_auto(problem).value;
  };
  EXPECT_EQ(value(1), value(4));
}

// A state that is left for two different fates once in 10^17 steps. Where no bound can be proven, none is printed.
TEST(HardCases, AnUnprovableBoundIsNotANarrowOne) {
  mdp::TabularMdpBuilder builder(4);
  builder.add_choice(0, -1.0, {{3, 1.0}})
      .add_choice(0, 0.0, {{1, 1e-17}, {2, 1e-17}, {1, 1.0}})
      .add_choice(1, 0.0, {{0, 1.0}})
      .add_choice(2, -1.0000000000000002, {{3, 1.0}})
      .add_choice(3, 0.0, {{3, 1.0}});
  const Problem problem{
      .model = std::move(builder).build(), .criterion = Criterion::kTotal, .direction = Direction::kMinimise};
  for (const auto& solve : test::planners()) {
    const Solution got = solve.solve(problem, {}, {});
    for (int s = 0; s < 4; ++s) EXPECT_TRUE(std::isfinite(got.value[s])) << solve.name << " state " << s;
    if (std::isfinite(got.gap)) {
      EXPECT_LE(std::abs(got.value[0] + 1.0000000000000002), got.gap) << solve.name;
    } else {
      EXPECT_EQ(got.status, Status::kNumericalTrouble) << solve.name;
      EXPECT_EQ(got.lower.size(), 0) << solve.name;
    }
  }
}

// Products that underflow are not zeros: a state left with equal, tiny probability for two fates.
TEST(HardCases, UnderflowIsNotZero) {
  const auto fork = [](double leak, double reward) -> Problem {
    mdp::TabularMdpBuilder builder(4);
    builder.add_choice(0, 0.0, {{2, leak}, {1, leak}, {1, 1.0}})
        .add_choice(1, 0.0, {{0, 1.0}})
        .add_choice(2, reward, {{3, 1.0}})
        .add_choice(3, 0.0, {{3, 1.0}});
    return {.model = std::move(builder).build(), .criterion = Criterion::kTotal, .target = {3}};
  };
  for (const auto& [leak, reward] : {std::pair(5e-324, 0.4), std::pair(1e-300, 1e-100), std::pair(1e-300, 1e-30)}) {
    const Problem problem = fork(leak, reward);
    for (const auto& solve : test::planners()) {
      const Solution got = solve.solve(problem, {}, {.max_iterations = 1000});
      if (got.lower.size() == 0) continue;  // nothing is claimed
      EXPECT_LE(got.lower[0], reward) << solve.name << " leak " << leak;
      EXPECT_GE(got.upper[0], reward) << solve.name << " leak " << leak;
    }
  }
}

// Rewards near the end of the range: an overflowing middle once decided that a cycle of gains loses.
TEST(HardCases, OverflowDecidesNoSign) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.5e308, {{1, 1.0}})
      .add_choice(0, 1.5e308, {{0, 0.5}, {1, 0.5}})
      .add_choice(1, -1.5e308, {{0, 0.9}, {1, 0.1}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kTotal};
  for (const auto& solve : test::planners()) {
    try {
      const Solution got = solve.solve(problem, {}, {});
      EXPECT_GT(got.value[0], 0) << solve.name;  // half the time in 0 suffices to gain
    } catch (const InvalidModel& refusal) {
      EXPECT_THAT(refusal.what(), HasSubstr("for ever")) << solve.name;
    }
  }
}

TEST(HardCases, TheObserverCanStopAndBoundsStay) {
  const Problem problem = haddad_monmege(20);
  for (const auto& solve : test::planners()) {
    int calls = 0;
    const Solution got =
        solve.solve(problem, {}, {.tolerance = 0, .observer = [&](const TraceRow&) { return ++calls < 2; }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << solve.name;
    EXPECT_EQ(calls, 2) << solve.name;
    EXPECT_LE(std::abs(got.value[0] - 0.5), got.gap) << solve.name;
    expect_proven(problem, got);
  }
}

// The factors fill in: a second of work that cannot be interrupted from inside.
TEST(HardCases, AnObserverIsHeardInsideAFactorisation) {
  const Problem problem{.model = mdp::garnet({.states = 2500, .actions = 2, .successors = 8}).model,
                        .criterion = Criterion::kTotal,
                        .direction = Direction::kMinimise,
                        .target = {0}};
  int asked = 0;
  const Solution got = total_policy_iteration(problem, {}, {.observer = [&](const TraceRow&) { return ++asked < 2; }});
  EXPECT_EQ(num_abandoned(), 1);
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.iterations, 0);
  while (num_abandoned() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace bellwether::solvers
