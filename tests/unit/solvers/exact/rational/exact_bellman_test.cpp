#include "solvers/exact/rational/exact_bellman.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace bellwether::solvers::rational
