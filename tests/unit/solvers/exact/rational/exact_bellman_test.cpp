#include "solvers/exact/rational/exact_bellman.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/rational/certify_rational.h"

namespace bellwether::solvers::rational {
namespace {

// One state, three choices that stay; only rewards differ.
struct Arms {
  explicit Arms(std::vector<double> rewards) : reward(std::move(rewards)) {
    const auto count = static_cast<std::int64_t>(reward.size());
    state_begin = {0, count};
    for (std::int64_t c = 0; c <= count; ++c) choice_begin.push_back(c);
    successor.assign(reward.size(), 0);
    probability.assign(reward.size(), 1.0);
    rows = read_rows({state_begin, choice_begin, successor, probability, reward}, 1);
  }
  std::vector<std::int64_t> state_begin, choice_begin;
  std::vector<std::int32_t> successor;
  std::vector<double> probability, reward;
  ExactRows rows;
};

RationalVector value_of_arm(const Arms& arms, std::int64_t arm) {
  RationalVector x;
  x.numerator = {2 * arms.rows.reward[arm].get_num()};  // discount 1/2
  x.denominator = {arms.rows.reward[arm].get_den()};
  x.class_of = {0};
  return x;
}

TEST(ChoiceComparison, SeesOneUnitInTheLastPlace) {
  const Arms arms({0.7316528193645, 0.7316528193645 + 0x1p-53, 0.7316528193645 - 0x1p-53});
  const ExactProcess process{arms.rows, mpq_class(1, 2), {Boundary::kFree}, 0, ""};
  for (std::int64_t incumbent = 0; incumbent < 3; ++incumbent) {
    const RationalVector x = value_of_arm(arms, incumbent);
    const auto outcome = ChoiceComparison(process, x, nullptr, true).best(0, incumbent);
    EXPECT_EQ(outcome.best, 1);
    EXPECT_THAT(outcome.tight, testing::ElementsAre(1));
  }
}

TEST(ChoiceComparison, KeepsTheIncumbentOnTiesAndListsThem) {
  const Arms arms({0.5, 0.3, 0.5});
  const ExactProcess process{arms.rows, mpq_class(1, 2), {Boundary::kFree}, 0, ""};
  const RationalVector x = value_of_arm(arms, 2);
  const ChoiceComparison comparison(process, x, nullptr, true);
  const auto outcome = comparison.best(0, 2);
  EXPECT_EQ(outcome.best, 2);
  EXPECT_THAT(outcome.tight, testing::ElementsAre(0, 2));
  EXPECT_EQ(comparison.exact_comparisons(), 1);  // 0.3 is out by double arithmetic alone
  const RationalVector worse = value_of_arm(arms, 1);
  EXPECT_EQ(ChoiceComparison(process, worse, nullptr, true).best(0, 1).best, 0);  // the first of the best
}

// Two ways to write one distribution: doubles add up differently, so only the error bound keeps the tie.
TEST(ChoiceComparison, RoundingNeverDecides) {
  const std::vector<std::int64_t> state_begin = {0, 2, 3, 4, 5}, choice_begin = {0, 4, 7, 8, 9, 10};
  const std::vector<std::int32_t> successor = {1, 2, 3, 1, 3, 2, 1, 1, 2, 3};
  const std::vector<double> probability = {0.1, 0.3, 0.5, 0.1, 0.5, 0.3, 0.2, 1, 1, 1}, reward(5, 0.7);
  const ExactRows rows = read_rows({state_begin, choice_begin, successor, probability, reward}, 1);
  const ExactProcess process{rows, mpq_class(9, 10), std::vector<Boundary>(4, Boundary::kFree), 0, ""};
  Stream draws(9);
  for (int trial = 0; trial < 200; ++trial) {
    RationalVector x;
    x.denominator = {mpz_class(100 + draws.below(1000))};
    x.class_of = {0, 0, 0, 0};
    for (int s = 0; s < 4; ++s) x.numerator.emplace_back(static_cast<long>(draws.below(1 << 20)) - (1 << 19));
    // state 0 gets the exact backup of its choices
    const Fraction backup = ChoiceComparison(process, x, nullptr, true).exact(0, 0);
    x.numerator[0] = backup.numerator;
    x.denominator.push_back(backup.denominator);
    x.class_of[0] = 1;
    const ChoiceComparison comparison(process, x, nullptr, true);
    EXPECT_THAT(comparison.best(0, trial % 2).tight, testing::ElementsAre(0, 1)) << trial;
    EXPECT_EQ(comparison.best(0, trial % 2).best, trial % 2) << trial;
  }
}

TEST(ChoiceComparison, MasksChoices) {
  const Arms arms({0.5, 0.9, 0.6});
  const ExactProcess process{arms.rows, mpq_class(1, 2), {Boundary::kFree}, 0, ""};
  const RationalVector x = value_of_arm(arms, 0);
  const std::vector<char> allowed = {true, false, true};
  EXPECT_EQ(ChoiceComparison(process, x, nullptr, true).best(0, 0, allowed).best, 2);
}

TEST(ChoiceComparison, FirstBestGivesTheExactBackup) {
  const Arms arms({0.1, 0.35, 0.35});
  const ExactProcess process{arms.rows, mpq_class(1, 2), {}, 0, ""};
  RationalVector x;
  x.numerator = {1};
  x.denominator = {3};
  x.class_of = {0};
  mpq_class value;
  EXPECT_EQ(ChoiceComparison(process, x, nullptr, true).first_best(0, value), 1);
  EXPECT_EQ(value, mpq_class(31, 60));  // 7/20 + 1/2 1/3
}

TEST(ChoiceComparison, HugeValuesFallBackToIntegers) {
  const Arms arms({1, 2});
  const ExactProcess process{arms.rows, 1, {Boundary::kFree}, 0, ""};
  RationalVector x;
  x.numerator = {mpz_class(1) << 3000};
  x.denominator = {1};
  x.class_of = {0};
  mpq_class value;
  EXPECT_EQ(ChoiceComparison(process, x, nullptr, true).first_best(0, value), 1);
  EXPECT_EQ(value, 2 + mpq_class(mpz_class(1) << 3000));
}

// Two values beyond the range of doubles look alike there, and differ.
TEST(ChoiceComparison, HugeValuesAreToldApart) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{1, 1.0}}).add_choice(0, 0.0, {{2, 1.0}});
  builder.add_choice(1, 1.6e308, {{1, 1.0}}).add_choice(2, 1.7e308, {{2, 1.0}});
  const RationalSolution got =
      certify_rational({.model = std::move(builder).build(), .discount = 0.9}, mdp::Policy::deterministic({0, 0, 0}));
  EXPECT_EQ(got.solution.policy.choices()[0], 1);
}

}  // namespace
}  // namespace bellwether::solvers::rational
