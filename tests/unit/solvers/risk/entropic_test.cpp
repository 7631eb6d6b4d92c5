#include "solvers/risk/entropic.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "solvers/exact/finite/backward_induction.h"
#include "tests/unit/solvers/risk/examples.h"

namespace bellwether::solvers {
namespace {

TEST(Entropic, AgreesWithEveryPolicyThatRemembersEverything) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    Stream stream = Stream(31).child(i);
    const double discount = i % 2 == 0 ? 0.8 : 1.0;
    const Problem problem = finite(random_model(stream.child(0)), 3, discount);
    const std::vector<Law> laws = all_laws(problem.model, 3, discount);
    const double beta = std::exp(6 * stream.uniform() - 4);
    const Solution solution = plan_for_entropic_risk(problem, beta, {.tolerance = 1e-9});
    const double best = best_of(laws, [&](const Law& l) { return entropic_risk(l, beta); });
    EXPECT_EQ(solution.status, Status::kConverged);
    EXPECT_NEAR(solution.value[0], best, 1e-10);
    EXPECT_LE(solution.lower[0], best + 1e-13);
    EXPECT_GE(solution.upper[0], best - 1e-13);
    const Solution worst = plan_for_worst_case(problem);
    EXPECT_NEAR(worst.value[0], best_of(laws, [](const Law& l) { return l.atom.front(); }), 1e-12);
  }
}

TEST(Entropic, AStationaryAversionIsAnotherProblemWhenDiscounted) {
  // With the aversion of the first stage kept, the recursion solves nested risk; the two differ.
  const mdp::TabularMdp model = random_model(Stream(32));
  const Solution shrinking = plan_for_entropic_risk(finite(model, 4, 0.7), 2);
  double value0 = 0, value1 = 0;
  for (int h = 0; h < 4; ++h) {
    double next[2];
    for (int s = 0; s < 2; ++s) {
      next[s] = -1e300;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        double sum = 0;
        for (std::size_t k = 0; k < 2; ++k) {
          const double r = model.data().rewards.front().by_transition[static_cast<std::size_t>(2 * c) + k];
          sum += model.probabilities(c)[k] * std::exp(-2 * (r + 0.7 * (model.successors(c)[k] == 0 ? value0 : value1)));
        }
        next[s] = std::max(next[s], -std::log(sum) / 2);
      }
    }
    value0 = next[0];
    value1 = next[1];
  }
  EXPECT_GT(std::abs(shrinking.value[0] - value0), 1e-3);
}

TEST(Entropic, ALittleAversionIsNearTheMean) {
  const Problem problem = finite(random_model(Stream(33)), 5);
  EXPECT_NEAR(plan_for_entropic_risk(problem, 1e-6).value[0], backward_induction(problem).value[0], 1e-4);
}

TEST(Entropic, DiscountedContainsALongFiniteHorizon) {
  for (std::uint64_t i = 0; i < 10; ++i) {
    Problem problem = finite(random_model(Stream(34).child(i)), 300, 0.9);
    const Solution truth = plan_for_entropic_risk(problem, 0.7);  // the rest is below 30 * .9^300
    problem.criterion = Criterion::kDiscounted;
    const Solution solution = plan_for_entropic_risk(problem, 0.7, {.tolerance = 1e-6});
    EXPECT_EQ(solution.status, Status::kConverged);
    for (int s = 0; s < 2; ++s) {
      EXPECT_LE(solution.lower[s], truth.value[s] + 1e-9);
      EXPECT_GE(solution.upper[s], truth.value[s] - 1e-9);
    }
    EXPECT_LT(solution.stages.size(), 150U);
    EXPECT_FALSE(solution.policy.empty());
  }
}

TEST(Entropic, TheDiscountedIntervalHoldsAClosedForm) {
  // A fair coin of -1 or 1 in every step: independent rewards, so risks add up, each -log cosh(discount^t beta) / beta.
  // Discounted steeply nearly all of the spread lies in the first step that is left out.
  for (const double discount : {0.1, 0.3, 0.6}) {
    const Problem problem{.model = model_of({{{{0, -1, 0.5}, {0, 1, 0.5}}}}), .discount = discount};
    for (const double beta : {0.3, 1.0, 3.0}) {
      double truth = 0;
      for (int t = 0; t < 200; ++t) truth -= std::log(std::cosh(std::pow(discount, t) * beta)) / beta;
      for (double tolerance = 1; tolerance > 1e-7; tolerance /= 1.7) {
        const Solution found = plan_for_entropic_risk(problem, beta, {.tolerance = tolerance});
        EXPECT_LE(found.lower[0], truth + 1e-12) << discount << ' ' << beta << ' ' << tolerance;
        EXPECT_GE(found.upper[0], truth - 1e-12) << discount << ' ' << beta << ' ' << tolerance;
        EXPECT_LE(found.gap, tolerance);
      }
    }
  }
}

TEST(Entropic, WhatIsAddedToEveryRewardDoesNotCountAsRisk) {
  const auto planned = [](double added, double discount) {
    const mdp::TabularMdp model =
        model_of({{{{0, added, 0.5}, {0, added + 2, 0.5}}, {{0, added + 0.5, 0.5}, {0, added + 1, 0.5}}}});
    const Problem problem{.model = model, .criterion = Criterion::kDiscounted, .discount = discount};
    return plan_for_entropic_risk(problem, 1, {.tolerance = 1e-6});
  };
  const Solution plain = planned(0, 0.9), moved = planned(64, 0.9);
  EXPECT_EQ(plain.stages.size(), moved.stages.size());
  EXPECT_NEAR(moved.value[0], plain.value[0] + 640, 1e-6);
  // Averse for T stages, the first with discount^2T beta D^2 / 8 at most half the tolerance; D = 2 / (1 - discount).
  const auto lost = [](double stages) { return std::pow(0.9, 2 * stages) * 400 / 8; };
  const auto stages = static_cast<double>(plain.stages.size());
  EXPECT_LE(lost(stages), 0.5e-6);
  EXPECT_GT(lost(stages - 1), 0.4e-6);
}

TEST(Entropic, CostsUseTheUpperTail) {
  // A sure cost of 1 against 0 or 2: an averse planner pays 1, E exp(beta cost) being larger for the gamble.
  Problem problem = finite(model_of({{{{0, 0, 0.5}, {0, 2, 0.5}}, {{0, 1.1, 1}}}}), 1);
  problem.direction = Direction::kMinimise;
  const Solution averse = plan_for_entropic_risk(problem, 3);
  EXPECT_NEAR(averse.value[0], 1.1, 1e-12);
  const Solution calm = plan_for_entropic_risk(problem, 0.01);
  EXPECT_NEAR(calm.value[0], std::log((1 + std::exp(0.02)) / 2) / 0.01, 1e-12);
  EXPECT_LE(calm.lower[0], calm.value[0]);
  EXPECT_GE(calm.upper[0], calm.value[0]);
}

TEST(EntropicValue, AgreesWithEveryPolicyThatRemembersEverything) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    Stream stream = Stream(35).child(i);
    const Problem problem = finite(random_model(stream.child(0)), 3, i % 2 == 0 ? 0.8 : 1.0);
    const std::vector<Law> laws = all_laws(problem.model, 3, problem.discount);
    const double level = 0.02 + 0.97 * stream.uniform();
    const EntropicValueSolution solution = plan_for_entropic_value_at_risk(problem, level, {.tolerance = 1e-6});
    const double best = best_of(laws, [&](const Law& l) { return entropic_value_at_risk(l, level).middle(); });
    EXPECT_EQ(solution.status, Status::kConverged) << solution.gap;
    EXPECT_NEAR(solution.value, best, 1e-6);
    EXPECT_LE(solution.lower, best + 1e-10);
    EXPECT_GE(solution.upper, best - 1e-10);
  }
}

TEST(EntropicValue, LevelOneIsTheMean) {
  const Problem problem = finite(random_model(Stream(36)), 4);
  EXPECT_NEAR(plan_for_entropic_value_at_risk(problem, 1).value, backward_induction(problem).value[0], 1e-12);
}

TEST(Entropic, SaysWhatIsWrong) {
  const Problem problem = finite(random_model(Stream(37)), 2);
  EXPECT_THROW(plan_for_entropic_risk(problem, 0), InvalidOption);
  EXPECT_THROW(plan_for_entropic_value_at_risk(problem, 0), InvalidOption);
  Problem total = problem;
  total.criterion = Criterion::kAverage;
  EXPECT_THROW(plan_for_entropic_risk(total, 1), InvalidOption);
}

/// Where the worst outcome is rare and all else is far above, 1 - (what the others weigh) has no digits left.
TEST(EntropicRisk, RareDisastersKeepTheirDigits) {
  for (const double p : {1e-17, 1e-12, 1e-9}) {
    const Problem problem = finite(model_of({{{{0, -40, p}, {0, 60, 1 - p}}}}), 1);
    const double beta = 1.25, truth = -40 - std::log(p) / beta;  // beside it exp(-125) / p is nothing
    const Solution planned = plan_for_entropic_risk(problem, beta, {.tolerance = 1e-9});
    EXPECT_EQ(planned.status, Status::kConverged) << p;
    EXPECT_LE(planned.lower[0], truth);
    EXPECT_GE(planned.upper[0], truth);
    EXPECT_NEAR(entropic_risk(make_law({{-40, p}, {60, 1 - p}}), beta), truth, 1e-12);
  }
}

TEST(EntropicRisk, RefusesWhatIsBeyondTheRange) {
  const mdp::TabularMdp model = model_of({{{{0, 1e308, 1}}, {{0, -1e308, 0.5}, {0, 1e308, 0.5}}}});
  for (const int horizon : {1, 3}) {
    const Problem problem = finite(model, horizon);
    for (const double level : {0.5, 1.0}) EXPECT_THROW(plan_for_entropic_value_at_risk(problem, level), InvalidModel);
    // At horizon 1 the two returns are finite, and their difference is not: an aversion of 1e-308 sees it.
    for (const double beta : {1e-308, 1.0}) EXPECT_THROW(plan_for_entropic_risk(problem, beta), InvalidModel);
    EXPECT_THROW(plan_for_worst_case(problem), InvalidModel);
  }
  const Problem for_ever{.model = model_of({{{{0, 1e307, 1}}}}), .discount = 0.99};
  EXPECT_THROW(plan_for_entropic_risk(for_ever, 1), InvalidModel);
  const EntropicValueSolution flat =
      plan_for_entropic_value_at_risk(finite(model_of({{{{0, -1e300, 0.5}, {0, 1e300, 0.5}}}}), 1), 1 - 0x1p-53);
  EXPECT_EQ(flat.status, Status::kNumericalTrouble);
  EXPECT_TRUE(std::isinf(flat.gap));
}

/// For small theta the value is min X + theta (log level - log P(min X)): flat where the level is that probability.
TEST(EntropicValue, PlateausTakeFewEvaluations) {
  for (const double p : {0.5, 0.1}) {
    const Problem problem =
        finite(model_of({{{{1, -1, p / 2}, {2, -1, p / 2}, {1, 1, 1 - p}}}, {{{1, 0, 1}}}, {{{2, 0, 1}}}}), 2);
    for (const double level : {p, p * (1 - 1e-6), p * (1 + 1e-6)}) {
      const EntropicValueSolution found = plan_for_entropic_value_at_risk(problem, level, {.tolerance = 1e-7});
      const double best = entropic_value_at_risk(make_law({{-1, p}, {1, 1 - p}}), level).middle();
      EXPECT_EQ(found.status, Status::kConverged) << p << ' ' << level << ' ' << found.gap;
      EXPECT_LE(found.lower, best + 1e-12);
      EXPECT_GE(found.upper, best - 1e-12);
      EXPECT_LE(found.evaluations, 20'000);
    }
  }
}

TEST(Entropic, SpendsNoMoreIterationsThanItIsGiven) {
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    const Problem problem{.model = random_model(Stream(33)), .direction = direction, .discount = 0.8};
    const Solution all = plan_for_entropic_risk(problem, 2, {.tolerance = 1e-4});
    ASSERT_EQ(all.status, Status::kConverged);
    int averse = 0;
    double last = HUGE_VAL;
    for (std::int64_t most = 1; most < all.iterations; ++most) {
      const Solution found = plan_for_entropic_risk(problem, 2, {.tolerance = 1e-4, .max_iterations = most});
      EXPECT_LE(found.iterations, most);
      EXPECT_TRUE(found.status == Status::kBudgetExhausted || found.gap <= 1e-4) << most;
      EXPECT_LE(found.lower[0], all.upper[0]) << most;
      EXPECT_GE(found.upper[0], all.lower[0]) << most;
      EXPECT_LE(found.gap, last * (1 + 1e-9)) << most;
      last = found.gap;
      averse += !found.stages.empty() && found.status == Status::kBudgetExhausted;
    }
    EXPECT_GT(averse, 3);
    const Solution just = plan_for_entropic_risk(problem, 2, {.tolerance = 1e-4, .max_iterations = all.iterations});
    EXPECT_EQ(just.status, Status::kConverged);
    EXPECT_EQ(just.gap, all.gap);
  }
}

// Bounds of the mean are none of the risk.
TEST(Entropic, SaysNothingOfARiskOfWhichItOnlyKnowsTheMean) {
  const Problem problem{.model = random_model(Stream(33)), .discount = 0.8};
  for (int patience = 1; patience < 60; ++patience) {
    int asked = 0;
    const Solution found = plan_for_entropic_risk(
        problem, 2, {.tolerance = 1e-4, .observer = [&](const TraceRow&) { return ++asked < patience; }});
    if (found.status == Status::kConverged) continue;
    EXPECT_EQ(found.status, Status::kStoppedByCaller) << patience;
    EXPECT_TRUE(std::isinf(found.gap)) << patience;
    EXPECT_EQ(found.lower.size(), 0) << patience;
    EXPECT_EQ(found.algorithm, "entropic-risk") << patience;
  }
}

TEST(EntropicValue, StoppedOnTheWayKeepsBoundsThatHold) {
  const Problem problem{.model = random_model(Stream(31)), .criterion = Criterion::kFinite, .horizon = 6};
  const double truth = plan_for_entropic_value_at_risk(problem, 0.3).value;
  for (int patience = 1; patience < 120; ++patience) {  // in the midst of a backward induction, too
    int asked = 0;
    const EntropicValueSolution found = plan_for_entropic_value_at_risk(
        problem, 0.3, {.tolerance = 1e-9, .observer = [&](const TraceRow&) { return ++asked < patience; }});
    EXPECT_EQ(found.status, Status::kStoppedByCaller) << patience;
    if (!std::isfinite(found.gap)) continue;
    EXPECT_LE(found.lower, truth + 1e-6) << patience;
    EXPECT_GE(found.upper, truth - 1e-6) << patience;
    EXPECT_FALSE(found.stages.empty());
    for (const mdp::Policy& policy : found.stages) EXPECT_FALSE(policy.empty()) << patience;
  }
}

}  // namespace
}  // namespace bellwether::solvers
