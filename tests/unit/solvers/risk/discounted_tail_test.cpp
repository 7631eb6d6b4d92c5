#include "solvers/risk/discounted_tail.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "solvers/risk/static_risk.h"
#include "tests/unit/solvers/risk/examples.h"

namespace bellwether::solvers {
namespace {

Problem discounted(mdp::TabularMdp model, double discount) {
  return {.model = std::move(model), .criterion = Criterion::kDiscounted, .discount = discount};
}

TEST(DiscountedTail, HoldsALongFiniteHorizonAndClosesWithTheGrid) {
  for (std::uint64_t i = 0; i < 3; ++i) {
    Problem problem = discounted(random_model(Stream(51).child(i)), 0.5);
    // 16 stages miss at most 3 * .5^16 / .5 = 1e-4 of the return; the grid is part of the bounds.
    Problem truncated = problem;
    truncated.criterion = Criterion::kFinite;
    truncated.horizon = 16;
    const RiskSolution truth = plan_for_conditional_value_at_risk(truncated, 0.3, {.grid = 2e-3}, {.tolerance = 1e-3});
    double last = 1e300;
    for (const int points : {51, 401, 2001}) {
      const DiscountedTailSolution tail = plan_for_discounted_tail(problem, 0.3, {.points = points});
      EXPECT_LE(tail.lower, truth.upper + 1e-4);
      EXPECT_GE(tail.upper, truth.lower - 1e-4);
      EXPECT_EQ(tail.value, tail.lower);
      EXPECT_LE(tail.gap, 5 * tail.policy.step);  // about 2 step / (1 - discount)
      EXPECT_LT(tail.gap, last / 2);
      last = tail.gap;
    }
  }
}

TEST(DiscountedTail, TheBestBudgetMayLieBetweenTwoStocks) {
  // A sure return of 1 / (1 - .5) = 2 on stocks -2, 0, 2 and others: the tail mean is 2 at every level.
  const Problem problem = discounted(model_of({{{{0, 1, 1}}}, {{{1, 1, 0.5}, {1, -1.5, 0.5}}}}), 0.5);
  for (const int points : {3, 4, 5, 7, 10, 23, 101}) {
    for (const double level : {0.05, 0.5, 0.9}) {
      const DiscountedTailSolution tail = plan_for_discounted_tail(problem, level, {.points = points});
      EXPECT_LE(tail.lower, 2) << points;
      EXPECT_GE(tail.upper, 2 - 1e-9) << points;
    }
  }
}

TEST(DiscountedTail, LevelOneIsTheMean) {
  const Problem problem = discounted(random_model(Stream(52)), 0.8);
  const double truth = value_iteration(problem).value[0];
  const DiscountedTailSolution tail = plan_for_discounted_tail(problem, 1, {.points = 4001});
  EXPECT_LE(tail.lower, truth);
  EXPECT_GE(tail.upper, truth - 1e-6);
}

/// Plays the table by Monte Carlo and measures what it really earns.
TEST(DiscountedTail, ThePolicyEarnsWhatWasPromised) {
  const Problem problem = discounted(random_model(Stream(53)), 0.7);
  const DiscountedTailSolution tail = plan_for_discounted_tail(problem, 0.4, {.points = 2001});
  const StockTablePolicy& policy = tail.policy;
  const auto& rewards = problem.model.data().rewards.front().by_transition;
  std::vector<std::pair<double, double>> returns;
  constexpr int kPlays = 20'000;
  for (int play = 0; play < kPlays; ++play) {
    Stream stream = Stream(54).child(static_cast<std::uint64_t>(play));
    double stock = -tail.parameter, weight = 1, earned = 0;
    bool safe = false, lost = false;
    int s = 0;
    for (int t = 0; t < 60; ++t) {
      const int j = static_cast<int>(std::lround((stock - policy.first) / policy.step));
      const int choice = lost   ? policy.tail.choices()[static_cast<std::size_t>(s)]
                         : safe ? 0
                                : policy.choice[static_cast<std::size_t>(s * policy.points + j)];
      const std::int64_t c = problem.model.first_choice(s) + choice;
      const std::size_t k = stream.uniform() < problem.model.probabilities(c)[0] ? 0 : 1;
      const double reward = rewards[static_cast<std::size_t>(2 * c) + k];
      earned += weight * reward;
      weight *= 0.7;
      s = problem.model.successors(c)[k];
      if (lost || safe) continue;
      const double next = std::floor(((stock + reward) / 0.7 - policy.first) / policy.step - 1e-7);
      lost = next < 0;
      safe = next >= policy.points;
      stock = policy.first + next * policy.step;
    }
    returns.emplace_back(earned, 1.0 / kPlays);
  }
  const Law law = make_law(std::move(returns));
  const double error = 4 * std::sqrt(variance(law) / kPlays) / 0.4;
  EXPECT_GE(conditional_value_at_risk(law, 0.4), tail.value - error);
  EXPECT_LE(conditional_value_at_risk(law, 0.4), tail.upper + error);
}

TEST(DiscountedTail, CostsLookAtTheUpperTail) {
  Problem problem = discounted(model_of({{{{0, 0, 0.5}, {0, 2, 0.5}}, {{0, 1.1, 1}}}}), 0.5);
  problem.direction = Direction::kMinimise;
  const DiscountedTailSolution careful = plan_for_discounted_tail(problem, 0.05, {.points = 4001});
  EXPECT_LE(careful.lower, 2.2);
  EXPECT_GE(careful.upper, 2.1);  // paying 1.1 for ever costs 2.2 and gambling late is no worse
  EXPECT_LE(careful.value, 2.2 + careful.gap);
  EXPECT_NEAR(careful.parameter, 2.2, .2);  // of costs, too
}

TEST(DiscountedTail, SaysWhatIsWrong) {
  Problem problem = discounted(random_model(Stream(55)), 0.9);
  EXPECT_THROW(plan_for_discounted_tail(problem, 0), InvalidOption);
  EXPECT_THROW(plan_for_discounted_tail(problem, 0.5, {.points = 2}), InvalidOption);
  problem.criterion = Criterion::kFinite;
  problem.horizon = 3;
  EXPECT_THROW(plan_for_discounted_tail(problem, 0.5), InvalidOption);
}

// Whoever never gambles earns 0, and nobody's mean is above 0: no grid is needed to see that this is best.
TEST(DiscountedTail, NoTailMeanExceedsTheMean) {
  const Problem fair{.model = model_of({{{{0, 0, 1}}, {{0, -1, 0.5}, {0, 1, 0.5}}}}), .discount = 0.9};
  const DiscountedTailSolution tail = plan_for_discounted_tail(fair, 0.5, {.points = 21});
  EXPECT_EQ(tail.status, Status::kConverged);
  EXPECT_EQ(tail.value, 0);
}

TEST(DiscountedTail, SaysWhatLimitsItAndWhatIsBeyondTheRange) {
  const auto gambling = [](double size) {
    return Problem{.model = model_of({{{{0, 0, 1}}, {{0, -size, 0.5}, {0, size, 0.5}}}}), .discount = 0.9};
  };
  const Problem fair_enough{.model = model_of({{{{0, 0, 1}}, {{0, -1, 0.4}, {0, 2, 0.6}}}}), .discount = 0.9};
  const DiscountedTailSolution coarse = plan_for_discounted_tail(fair_enough, 0.5, {.points = 21});
  EXPECT_EQ(coarse.status, Status::kBudgetExhausted);
  EXPECT_EQ(coarse.limit, "the grid of earnings");
  const Problem rich{.model = model_of({{{{0, 1e308, 1}}}}), .discount = 0.9};
  EXPECT_EQ(plan_for_discounted_tail(rich, 0.5).status, Status::kNumericalTrouble);
  EXPECT_THROW(plan_for_discounted_tail(gambling(1e308), 0.5), InvalidModel);
  EXPECT_THROW(plan_for_discounted_tail(gambling(1e200), 1e-200), InvalidOption);  // of the level
}

// The risk-neutral model, the model from below and the one from above spend the iterations one after the other.
TEST(DiscountedTail, SpendsNoMoreIterationsThanItIsGiven) {
  const Problem problem{.model = random_model(Stream(56)), .discount = 0.9};
  const DiscountedTailOptions options{.points = 301};
  const DiscountedTailSolution all = plan_for_discounted_tail(problem, 0.3, options);
  ASSERT_EQ(all.limit, "the grid of earnings");
  int without_policy = 0, wider = 0;
  for (std::int64_t most = 1; most < all.iterations; ++most) {
    const DiscountedTailSolution found = plan_for_discounted_tail(problem, 0.3, options, {.max_iterations = most});
    EXPECT_LE(found.iterations, most);
    EXPECT_EQ(found.status, Status::kBudgetExhausted) << most;
    EXPECT_EQ(found.limit, "") << most << ": the iterations";
    EXPECT_LE(found.lower, all.upper) << most;
    EXPECT_GE(found.upper, all.lower) << most;
    EXPECT_EQ(std::isnan(found.value), found.policy.choice.empty()) << most;
    EXPECT_FALSE(found.value < found.lower - 1e-12) << most;
    without_policy += found.policy.choice.empty();
    wider += found.gap > all.gap + 1e-6;
  }
  EXPECT_GT(without_policy, 0);
  EXPECT_GT(wider, without_policy);
  const DiscountedTailSolution just =
      plan_for_discounted_tail(problem, 0.3, options, {.max_iterations = all.iterations});
  EXPECT_EQ(just.limit, "the grid of earnings");
  EXPECT_EQ(just.gap, all.gap);
}

TEST(DiscountedTail, HearsTheObserverAtEveryTurn) {
  const Problem problem{.model = random_model(Stream(56)), .discount = 0.9};
  const DiscountedTailOptions options{.points = 9001};
  std::int64_t whole = 0, pairs = 0;
  const SolveOptions counting{.observer = [&](const TraceRow& row) {
    ++whole;
    pairs += row.iteration == 0 && row.work > 0 && row.work % 4096 == 0 ? 1 : 0;
    return true;
  }};
  const DiscountedTailSolution all = plan_for_discounted_tail(problem, 0.3, options, counting);
  EXPECT_EQ(all.status, Status::kBudgetExhausted);
  EXPECT_EQ(pairs, 2 * 4);  // while the two models are made, a word every 4096 pairs
  for (std::int64_t patience = 0; patience < whole; patience += 2) {
    std::int64_t asked = 0;
    const DiscountedTailSolution found = plan_for_discounted_tail(
        problem, 0.3, options, {.observer = [&](const TraceRow&) { return ++asked <= patience; }});
    EXPECT_LE(asked, patience + 2) << patience;  // planning that ends with the same step does not hear the no
    if (!std::isfinite(found.gap)) {
      EXPECT_EQ(found.status, Status::kStoppedByCaller) << patience;
      EXPECT_EQ(found.note, "stopped before there was an answer") << patience;
      continue;
    }
    EXPECT_LE(found.lower, all.upper) << patience;
    EXPECT_GE(found.upper, all.lower) << patience;
  }
}

/// Safe: 1 for sure. Risky: -10 with probability 0.1, else 3. Then nothing for ever.
Problem lottery() {
  return {.model = model_of({{{{1, 1, 1}}, {{1, 3, 0.9}, {1, -10, 0.1}}}, {{{1, 0, 1}}}}), .discount = 0.9};
}

// The grid is 0.1 wide, the play ends after a step: what the policy earns is known whatever the grid says.
TEST(DiscountedTail, AnEndedPlayIsValuedByItsLaw) {
  const DiscountedTailSolution tail = plan_for_discounted_tail(lottery(), 0.5);
  ASSERT_EQ(tail.law.atom.size(), 1u);
  EXPECT_EQ(tail.law.atom[0], 1);
  EXPECT_EQ(tail.value, 1);
  EXPECT_NEAR(tail.lower, 1, 1e-9);
  EXPECT_LE(tail.upper, 1.7 + 1e-6) << "no tail mean exceeds the mean, 1.7";
  Problem costs = lottery();
  costs.direction = Direction::kMinimise;
  const DiscountedTailSolution of_costs = plan_for_discounted_tail(costs, 0.5);
  EXPECT_EQ(of_costs.value, 1);
  EXPECT_NEAR(of_costs.upper, 1, 1e-9);
  EXPECT_EQ(of_costs.law.atom, std::vector{1.0});
}

// Two returns a step for ever are too many to tell apart, and the value is then the lower bound.
TEST(DiscountedTail, TooManyReturnsLeaveTheBounds) {
  const DiscountedTailSolution tail =
      plan_for_discounted_tail(discounted(random_model(Stream(53)), 0.7), 0.4, {.points = 201});
  EXPECT_TRUE(tail.law.atom.empty());
  EXPECT_EQ(tail.value, tail.lower);
}

// A play that goes on with probability a half: the law has as many atoms as steps are told apart.
TEST(DiscountedTail, TheLawOfAPlayThatMayGoOnIsThatOfItsLength) {
  const Problem problem = discounted(model_of({{{{0, 1, 0.5}, {1, 1, 0.5}}}, {{{1, 0, 1}}}}), 0.5);
  const DiscountedTailSolution tail = plan_for_discounted_tail(problem, 0.5, {.points = 101});
  ASSERT_GT(tail.law.atom.size(), 20u);
  EXPECT_EQ(tail.law.atom[0], 1);
  EXPECT_EQ(tail.law.weight[0], 0.5);
  EXPECT_EQ(tail.value, 1);  // the half that ends at once
  EXPECT_NEAR(mean(tail.law), 4.0 / 3, 1e-12);
}

TEST(DiscountedTail, WhoStopsGetsTheBoundsThereAre) {
  const Problem problem{.model = random_model(Stream(56)), .discount = 0.9};
  const DiscountedTailOptions options{.points = 9001};
  const DiscountedTailSolution all = plan_for_discounted_tail(problem, 0.3, options);
  std::int64_t made = 0;
  for (const std::int64_t pairs : {1, 5}) {  // while the first model is made, and the second
    made = 0;
    const DiscountedTailSolution found = plan_for_discounted_tail(
        problem, 0.3, options, {.observer = [&](const TraceRow& row) {
          EXPECT_TRUE(std::isinf(row.gap)) << "the gap of a model inside is not that of the tail mean";
          made += row.iteration == 0 && row.work > 0 && row.work % 4096 == 0 ? 1 : 0;
          return made < pairs;
        }});
    EXPECT_EQ(found.status, Status::kStoppedByCaller);
    ASSERT_TRUE(std::isfinite(found.gap)) << pairs;
    EXPECT_LE(found.lower, all.upper);
    EXPECT_GE(found.upper, all.lower);
    EXPECT_EQ(std::isnan(found.value), pairs == 1);
    EXPECT_EQ(found.policy.choice.empty(), pairs == 1);
  }
}

}  // namespace
}  // namespace bellwether::solvers
