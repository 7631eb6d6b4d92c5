#include "solvers/risk/static_risk.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/finite/backward_induction.h"
#include "tests/unit/solvers/risk/examples.h"

namespace bellwether::solvers {
namespace {

/// A coin pays 0 or 2; then safe pays 1, risky 0 or 3. The third state ends the play.
mdp::TabularMdp coin_then_choice() {
  return model_of({{{{1, 0, 0.5}, {1, 2, 0.5}}}, {{{2, 1, 1}}, {{2, 0, 0.5}, {2, 3, 0.5}}}, {{{2, 0, 1}}}});
}

TEST(StaticRisk, GambleHasItsPublishedTailMeans) {
  const auto tail = [](double lose, int stages, double level) {
    return plan_for_conditional_value_at_risk(finite(gamble(lose), stages), level).value;
  };
  EXPECT_NEAR(tail(0.4, 2, 0.5), 0.24, 1e-12);
  EXPECT_NEAR(tail(0.4, 3, 0.5), 0.592, 1e-12);
  EXPECT_NEAR(tail(0.5, 4, 0.5), 0.125, 1e-12);
  EXPECT_NEAR(tail(0.5, 3, 0.7), 0.275 / 0.7, 1e-12);
}

/// The tail mean of the best fixed sequence of gambling and not.
double best_without_looking(double lose, int stages, double level) {
  double best = -1e300;
  for (unsigned plan = 0; plan < 1U << stages; ++plan) {
    std::vector<std::pair<double, double>> atoms{{0, 1}};
    for (int t = 0; t < stages; ++t) {
      if ((plan >> t & 1U) == 0) continue;
      std::vector<std::pair<double, double>> next;
      for (const auto& [x, p] : atoms) {
        next.emplace_back(x - 1, p * lose);
        next.emplace_back(x + 2, p * (1 - lose));
      }
      atoms = next;
    }
    best = std::max(best, conditional_value_at_risk(make_law(std::move(atoms)), level));
  }
  return best;
}

TEST(StaticRisk, PoliciesThatDoNotLookEarnLess) {
  EXPECT_NEAR(best_without_looking(0.4, 2, 0.5), 0.04, 1e-12);
  EXPECT_NEAR(best_without_looking(0.4, 3, 0.5), 0.504, 1e-12);
  EXPECT_NEAR(best_without_looking(0.5, 4, 0.5), 0, 1e-12);
  EXPECT_NEAR(best_without_looking(0.5, 3, 0.7), 0.225 / 0.7, 1e-12);
  // After the coin: risky with probability q whatever was earned.
  double best = 0;
  for (int i = 0; i <= 1000; ++i) {
    const double q = i / 1000.0;
    best = std::max(
        best,
        conditional_value_at_risk(
            make_law({{1, (1 - q) / 2}, {3, (1 - q) / 2}, {0, q / 4}, {3, q / 4}, {2, q / 4}, {5, q / 4}}), 0.75));
  }
  EXPECT_NEAR(best, 5.0 / 3, 1e-12);
}

TEST(StaticRisk, TheBestPolicyLooksAtWhatWasEarned) {
  const RiskSolution solution = plan_for_conditional_value_at_risk(finite(coin_then_choice(), 2), 0.75);
  EXPECT_EQ(solution.status, Status::kConverged);
  EXPECT_NEAR(solution.value, 2, 1e-12);
  EXPECT_EQ(solution.parameter, 3);
  const auto nodes = solution.tree->nodes(1);
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[0].stock, 0);
  EXPECT_EQ(solution.policy[1], (std::vector<std::int32_t>{1, 0}));  // risky when poor, safe when rich
}

TEST(StaticRisk, AgreesWithEveryPolicyThatRemembersEverything) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    Stream stream = Stream(21).child(i);
    const double discount = i % 3 == 0 ? 0.9 : 1.0;
    const int horizon = i % 2 == 0 ? 3 : 2;
    const Problem problem = finite(random_model(stream.child(0)), horizon, discount);
    const std::vector<Law> laws = all_laws(problem.model, horizon, discount);
    const double level = 0.05 + 0.9 * stream.uniform(), weight = stream.uniform();
    const SolveOptions exact{.tolerance = 1e-10};

    const RiskSolution tail = plan_for_conditional_value_at_risk(problem, level, {}, exact);
    EXPECT_NEAR(tail.value, best_of(laws, [&](const Law& l) { return conditional_value_at_risk(l, level); }), 1e-9);
    EXPECT_LE(tail.gap, 1e-10);
    const RiskSolution quantile = plan_for_value_at_risk(problem, level, {}, exact);
    EXPECT_NEAR(quantile.value, best_of(laws, [&](const Law& l) { return value_at_risk(l, level); }), 1e-9);
    const RiskSolution spread = plan_for_mean_variance(problem, weight, {}, exact);
    EXPECT_NEAR(spread.value, best_of(laws, [&](const Law& l) { return mean(l) - weight * variance(l); }), 1e-8);
    const auto target = [](double x) { return -std::abs(x - 2); };
    const RiskSolution near = plan_for_utility(problem, target, 1, {}, exact);
    EXPECT_NEAR(near.value,
                best_of(laws,
                        [&](const Law& l) {
                          double sum = 0;
                          for (std::size_t k = 0; k < l.atom.size(); ++k) sum += l.weight[k] * target(l.atom[k]);
                          return sum;
                        }),
                1e-9);
  }
}

TEST(StaticRisk, LevelOneIsTheMeanAndASmallLevelTheWorstCase) {
  for (std::uint64_t i = 0; i < 30; ++i) {
    const Problem problem = finite(random_model(Stream(22).child(i)), 4);
    EXPECT_NEAR(plan_for_conditional_value_at_risk(problem, 1).value, backward_induction(problem).value[0], 1e-9);
    const double worst = best_of(all_laws(problem.model, 3, 1), [](const Law& l) { return l.atom.front(); });
    EXPECT_NEAR(plan_for_conditional_value_at_risk(finite(problem.model, 3), 1e-6).value, worst, 1e-9);
  }
}

TEST(StaticRisk, SpreadsThatRoundingForbidsEndTheRun) {
  // Returns of thousands: their squares are known to a millionth at best, which no search can get below.
  const Problem problem =
      finite(model_of({{{{0, 1000, 0.5}, {1, 0, 0.5}}}, {{{0, 3000, 0.5}, {1, 0, 0.5}}, {{1, 500, 1}}}}), 3);
  const std::vector<Law> laws = all_laws(problem.model, 3, 1);
  for (const double weight : {0.01, 1.0, 50.0}) {
    const double best = best_of(laws, [&](const Law& l) { return mean(l) - weight * variance(l); });
    for (const double tolerance : {1e-6, 1e-13}) {
      const RiskSolution solution = plan_for_mean_variance(problem, weight, {}, {.tolerance = tolerance});
      EXPECT_EQ(solution.status, solution.gap <= tolerance ? Status::kConverged : Status::kRoundingLimited);
      EXPECT_LE(solution.gap, 2e-4 * std::max(1.0, weight));
      EXPECT_LE(solution.lower, best + 1e-9);
      EXPECT_GE(solution.upper, best - 1e-9);
      EXPECT_LE(solution.evaluations, 100'000);
    }
  }
  EXPECT_EQ(plan_for_mean_variance(problem, 1, {}, {.tolerance = 1e-13}).status, Status::kRoundingLimited);
}

TEST(StaticRisk, QuantilesJumpWhereTheLevelIsAProbability) {
  // The quantile at level p is 0, and 1 above it: one unit of rounding tells them apart where nothing has to round.
  for (const double p : {0.5, 0.25}) {
    for (const double level : {p, std::nextafter(p, 0.0), std::nextafter(p, 1.0)}) {
      const RiskSolution solution = plan_for_value_at_risk(toss(p), level, {}, {.tolerance = 1e-9});
      EXPECT_EQ(solution.status, Status::kConverged) << level;
      EXPECT_EQ(solution.value, level > p ? 1 : 0) << level;
      EXPECT_LE(solution.gap, 1e-9) << level;
    }
  }
  // A hair below one half, where a tolerance of 1e-12 answered 0 for the level one half.
  const RiskSolution above = plan_for_value_at_risk(toss(0.5 - 5e-13), 0.5, {}, {.tolerance = 1e-9});
  EXPECT_EQ(above.value, 1);
  EXPECT_LE(above.gap, 1e-9);
  EXPECT_EQ(plan_for_value_at_risk(toss(0.5 + 5e-13), 0.5).value, 0);
  // Two tosses of a half: masses of a quarter; costs mirror them.
  Problem twice = finite(model_of({{{{0, 0, 0.5}, {0, 1, 0.5}}}}), 2);
  EXPECT_EQ(plan_for_value_at_risk(twice, 0.25).value, 0);
  EXPECT_EQ(plan_for_value_at_risk(twice, std::nextafter(0.25, 1.0)).value, 1);
  EXPECT_EQ(plan_for_value_at_risk(twice, 0.75).value, 1);
  EXPECT_EQ(plan_for_value_at_risk(twice, 1).value, 2);
  twice.direction = Direction::kMinimise;
  EXPECT_EQ(plan_for_value_at_risk(twice, 0.25).value, 2);
  EXPECT_EQ(plan_for_value_at_risk(twice, std::nextafter(0.25, 1.0)).value, 1);
}

// A tenth is no double. The level 0.1 and the probability 0.1 are the same number all the same, as three tosses of 0.1
// are a thousandth, which products of doubles miss.
TEST(StaticRisk, QuantilesAtDecimalsAreDecidedInFractions) {
  const Problem lottery = finite(model_of({{{{1, 1, 1}}, {{1, 3, 0.9}, {1, -10, 0.1}}}, {{{1, 0, 1}}}}), 1);
  const RiskSolution tie = plan_for_value_at_risk(lottery, 0.1, {}, {.tolerance = 1e-9});
  EXPECT_EQ(tie.status, Status::kConverged);
  EXPECT_EQ(tie.value, 1);
  EXPECT_LE(tie.upper, 1 + 1e-9);
  EXPECT_THAT(tie.note, testing::HasSubstr("exactly a probability"));
  EXPECT_THAT(tie.note, testing::HasSubstr("at any level above it is 3"));
  EXPECT_EQ(plan_for_value_at_risk(lottery, 0.1000001).value, 3);
  EXPECT_EQ(plan_for_value_at_risk(lottery, 0.0999999).value, 1);
  const Problem thrice = finite(model_of({{{{0, 0, 0.1}, {0, 1, 0.9}}}}), 3);
  const RiskSolution thousandth = plan_for_value_at_risk(thrice, 0.001, {}, {.tolerance = 1e-9});
  EXPECT_EQ(thousandth.status, Status::kConverged);
  EXPECT_EQ(thousandth.value, 0);
  EXPECT_THAT(thousandth.note, testing::HasSubstr("at any level above it is 1"));
  Problem costs = thrice;
  costs.direction = Direction::kMinimise;
  const RiskSolution dear = plan_for_value_at_risk(costs, 0.729, {}, {.tolerance = 1e-9});
  EXPECT_EQ(dear.value, 3);
  EXPECT_THAT(dear.note, testing::HasSubstr("at any level above it is 2"));
}

TEST(StaticRisk, QuantilesThatRoundingCannotTellApartAreEnclosed) {
  // Three tosses of 0.1: the mass at 0 is about 0.001, and no double is that power.
  const Problem problem = finite(model_of({{{{0, 0, 0.1}, {0, 1, 0.9}}}}), 3);
  const double mass = 0.1 * 0.1 * 0.1;
  for (const double level : {mass, std::nextafter(mass, 1.0)}) {  // no short decimals, as the number below them is
    const RiskSolution solution = plan_for_value_at_risk(problem, level, {}, {.tolerance = 1e-9});
    EXPECT_EQ(solution.status, Status::kRoundingLimited);
    EXPECT_LE(solution.lower, 0);
    EXPECT_GE(solution.upper, 1);
    EXPECT_THAT(solution.note, testing::HasSubstr("within rounding of a probability"));
  }
  EXPECT_EQ(plan_for_value_at_risk(problem, 0.001 - 1e-15).value, 0);
  EXPECT_EQ(plan_for_value_at_risk(problem, 0.001 + 1e-15).value, 1);
  const RiskSolution sure = plan_for_value_at_risk(problem, 0.001 + 1e-15, {}, {.tolerance = 1e-9});
  EXPECT_EQ(sure.status, Status::kConverged);
  // Stopped at once: the worst that can happen and the best are all that is known.
  const RiskSolution stopped =
      plan_for_value_at_risk(problem, 0.5, {}, {.observer = [](const TraceRow&) { return false; }});
  EXPECT_EQ(stopped.status, Status::kStoppedByCaller);
  EXPECT_LE(stopped.lower, 3);
  EXPECT_GE(stopped.upper, 3);
}

TEST(StaticRisk, MassesBelowAreEnclosed) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    const Problem problem = finite(random_model(Stream(26).child(i)), 3);
    const StockTree tree(problem, {});
    for (const double b : tree.final_stocks()) {
      StockPolicy policy;
      const Enclosure mass = tree.least_mass_below(b, &policy);
      const auto below = [b](const Law& l) {
        double sum = 0;
        for (std::size_t k = 0; k < l.atom.size() && l.atom[k] < b; ++k) sum += l.weight[k];
        return -sum;
      };
      const double least = -best_of(all_laws(problem.model, 3, 1), below);
      EXPECT_LE(mass.lower, least + 1e-15);
      EXPECT_GE(mass.upper, least - 1e-15);
      EXPECT_LE(mass.upper - mass.lower, 1e-14);
      EXPECT_NEAR(-below(tree.law(policy)), least, 1e-14);
    }
  }
}

TEST(StaticRisk, GrowsWithTheLevel) {
  const Problem problem = finite(random_model(Stream(23)), 5);
  double last = -1e300;
  for (const double level : {0.02, 0.1, 0.3, 0.6, 0.9, 1.0}) {
    const double value = plan_for_conditional_value_at_risk(problem, level).value;
    EXPECT_GE(value, last - 1e-12);
    last = value;
  }
}

TEST(StaticRisk, CostsAreRewardsTurnedRound) {
  const mdp::TabularMdp model = random_model(Stream(24));
  std::vector<std::vector<std::vector<Way>>> turned(2, std::vector<std::vector<Way>>(2));
  for (std::int64_t c = 0; c < 4; ++c)
    for (std::size_t k = 0; k < 2; ++k)
      turned[static_cast<std::size_t>(c / 2)][static_cast<std::size_t>(c % 2)].push_back(
          {model.successors(c)[k], -model.data().rewards.front().by_transition[static_cast<std::size_t>(2 * c) + k],
           model.probabilities(c)[k]});
  Problem costs = finite(model_of(turned), 4);
  costs.direction = Direction::kMinimise;
  const RiskSolution earned = plan_for_conditional_value_at_risk(finite(model, 4), 0.3);
  const RiskSolution paid = plan_for_conditional_value_at_risk(costs, 0.3);
  EXPECT_DOUBLE_EQ(paid.value, -earned.value);
  EXPECT_DOUBLE_EQ(paid.lower, -earned.upper);
  EXPECT_DOUBLE_EQ(mean(paid.law), -mean(earned.law));
  EXPECT_TRUE(std::ranges::is_sorted(paid.law.atom));
}

TEST(StaticRisk, AGridKeepsItsPromise) {
  std::vector<std::vector<std::vector<Way>>> ways{
      {{{0, 0.31, 0.4}, {1, -0.77, 0.6}}, {{0, -0.13, 0.5}, {1, 0.29, 0.5}}},
      {{{0, 0.57, 0.7}, {1, -0.41, 0.3}}, {{0, 0.03, 0.2}, {1, 0.11, 0.8}}}};
  const Problem problem = finite(model_of(ways), 6, 0.93);
  const RiskSolution exact = plan_for_conditional_value_at_risk(problem, 0.25, {}, {.tolerance = 1e-9});
  EXPECT_LE(exact.gap, 1e-9);
  for (const double grid : {0.2, 0.05, 0.01}) {
    const RiskSolution coarse = plan_for_conditional_value_at_risk(problem, 0.25, {.grid = grid});
    EXPECT_LE(coarse.lower, exact.value + 1e-9);
    EXPECT_GE(coarse.upper, exact.value - 1e-9);
    EXPECT_LE(coarse.gap, 2 * 6 * grid);
    EXPECT_LT(coarse.tree->num_nodes(), exact.tree->num_nodes());
  }
}

TEST(StaticRisk, LawsOfRewardsCount) {
  // The same mean and the same way on, but action 1 pays 0 or 4.
  mdp::ModelData data = model_of({{{{0, 2, 1}}, {{0, 2, 1}}}}).data();
  data.rewards.front().by_transition = std::vector<double>{};
  data.reward_laws.law = std::vector<std::uint8_t>{0, 1};
  data.reward_laws.scale = std::vector<double>{0, 4};
  const mdp::TabularMdp model(data);
  const RiskSolution careful = plan_for_conditional_value_at_risk(finite(model, 2), 0.25);
  EXPECT_NEAR(careful.value, 4, 1e-12);
  EXPECT_EQ(careful.policy[0], std::vector<std::int32_t>{0});
  const RiskSolution daring = plan_for_utility(
      finite(model, 2), [](double x) { return x >= 8 ? 1.0 : 0.0; }, INFINITY);
  EXPECT_NEAR(daring.value, 0.25, 1e-12);
}

TEST(Outcomes, AreCountedOverAllChoices) {
  const OutcomeTable table(model_of({{{{0, -7, .25}, {0, 1, .5}, {0, 2, .25}}, {{0, 3, 1}}}}), 1);
  EXPECT_EQ(table.most_outcomes(), 3U);
  EXPECT_EQ(table.least_probability(), .25);
  EXPECT_EQ(table.largest_reward(), 7);
}

TEST(StaticRisk, GreedyOnTheMedianIsNotOptimal) {
  // The median is not indifferent to mixtures: choosing the law it likes best at every node can be beaten.
  int beaten = 0;
  const auto median = [](const Law& l) { return value_at_risk(l, 0.5); };
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Problem problem = finite(random_model(Stream(25).child(i)), 3);
    const StockTree tree(problem, {});
    const double best = best_of(all_laws(problem.model, 3, 1), median);
    const double greedy = median(tree.law(tree.greedy(median)));
    EXPECT_LE(greedy, best + 1e-12);
    beaten += greedy < best - 1e-9;
    // ... while an expected utility is.
    const auto utility = [](const Law& l) {
      double sum = 0;
      for (std::size_t k = 0; k < l.atom.size(); ++k) sum += l.weight[k] * std::min(l.atom[k] - 1, 0.0);
      return sum;
    };
    EXPECT_NEAR(utility(tree.law(tree.greedy(utility))), tree.maximise([](double x) { return std::min(x - 1, 0.0); }),
                1e-12);
  }
  EXPECT_GE(beaten, 1);
}

TEST(StaticRisk, RefusesReturnsBeyondTheRange) {
  const auto gambling = [](double size) {
    return finite(model_of({{{{0, 0, 1}}, {{0, -size, 0.5}, {0, size, 0.5}}}}), 3);
  };
  const auto refused = testing::ThrowsMessage<InvalidModel>(testing::HasSubstr("exceed the range of double"));
  EXPECT_THAT([&] { plan_for_conditional_value_at_risk(gambling(1e308), 0.5); }, refused);
  EXPECT_THAT([&] { plan_for_value_at_risk(gambling(5e307), 0.5); }, refused);
  EXPECT_THAT([&] { plan_for_mean_variance(gambling(1e154), 1); }, refused);  // its squares
  const RiskSolution tail = plan_for_conditional_value_at_risk(gambling(1e200), 1e-200);
  EXPECT_EQ(tail.status, Status::kNumericalTrouble);
  EXPECT_TRUE(std::isinf(tail.gap));
  const RiskSolution near = plan_for_conditional_value_at_risk(gambling(1e300), 0.5);
  EXPECT_LE(near.lower, 0);
  EXPECT_GE(near.upper, 0);
  EXPECT_LE(near.gap, 1e289);
}

TEST(StaticRisk, SaysWhatLimitsTheBounds) {
  const Problem problem = finite(random_model(Stream(27)), 4, 0.9);
  EXPECT_EQ(plan_for_conditional_value_at_risk(problem, 0.5, {.grid = 0.5}).limit, "the grid of earnings");
  EXPECT_EQ(plan_for_conditional_value_at_risk(problem, 0.5).limit, "");
}

TEST(StaticRisk, SaysWhatIsWrong) {
  const Problem problem = finite(gamble(0.4), 2);
  EXPECT_THROW(plan_for_conditional_value_at_risk(problem, 0), InvalidOption);
  EXPECT_THROW(plan_for_mean_variance(problem, -1), InvalidOption);
  EXPECT_THROW(plan_for_value_at_risk(problem, 2), InvalidOption);
  Problem discounted = problem;
  discounted.criterion = Criterion::kDiscounted;
  discounted.discount = 0.9;
  EXPECT_THROW(plan_for_conditional_value_at_risk(discounted, 0.5), InvalidOption);
  try {
    plan_for_conditional_value_at_risk(finite(random_model(Stream(1)), 12, 0.93), 0.5, {.max_nodes = 100});
    FAIL();
  } catch (const InvalidOption& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("max_nodes = 100"));
  }
  mdp::ModelData data = gamble(0.4).data();
  data.reward_laws.law = std::vector<std::uint8_t>{0, 2};
  data.reward_laws.scale = std::vector<double>{0, 1};
  try {
    plan_for_value_at_risk(finite(mdp::TabularMdp(data), 2), 0.5);
    FAIL();
  } catch (const InvalidModel& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("state 0, action 1 is Gaussian"));
  }
}

}  // namespace
}  // namespace bellwether::solvers
