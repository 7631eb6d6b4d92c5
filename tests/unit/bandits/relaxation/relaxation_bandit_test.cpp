#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/relaxation.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"
#include "core/parallel.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::shared_ptr<const RelaxationBandit> make(const std::vector<Setting>& settings = {}) {
  return std::dynamic_pointer_cast<const RelaxationBandit>(find_family("relaxation")->make(settings).bandit);
}

TEST(RelaxationBandit, DrawsShiftsAndRightHandSidesOfItsLaw) {
  for (const std::string law : {"high", "low"}) {
    const auto bandit = make({{"shifts", law}});
    double sum = 0, squares = 0;
    constexpr int kDraws = 4000;
    for (int t = 1; t <= kDraws; ++t) {
      const RelaxationInstance system = bandit->instance(t, Stream(3));
      double norm = 0;
      for (const double x : system.rhs) norm += x * x;
      EXPECT_LE(norm, 100);
      EXPECT_GE(system.shift, -.15);
      EXPECT_LE(system.shift, .45);
      const double share = (system.shift + .15) / .6;
      sum += share, squares += share * share;
    }
    const double mean = sum / kDraws, variance = squares / kDraws - mean * mean;
    const double expected = law == "high" ? .25 * .75 / 3 : .25 * .75 / 9;
    EXPECT_NEAR(mean, .25, 5 * std::sqrt(expected / kDraws));
    EXPECT_NEAR(variance, expected, .1 * expected);
  }
}

TEST(RelaxationBandit, EveryLearnerMeetsTheSameSystemsAndTheBestFixedArmHasNoRegret) {
  const auto bandit = make({{"omegas", "1.2/1.6/1.8"}, {"comparator", "fixed"}});
  constexpr std::int64_t kRounds = 200;
  const auto table = bandit->table(kRounds, Stream(4).child("environment"));
  std::vector<double> sums(3);
  for (std::size_t i = 0; i < table->size(); ++i) sums[i % 3] += (*table)[i];
  const double least = std::ranges::min(sums);
  for (const int arm : {0, 1, 2}) {
    const Series run = play(*bandit, "relax-fixed", {{"omega", std::to_string(bandit->omegas()[arm])}}, Stream(4),
                            {.length = kRounds, .checkpoints = {kRounds}});
    EXPECT_DOUBLE_EQ(run.value(0, 0), sums[static_cast<std::size_t>(arm)] - least);
    EXPECT_DOUBLE_EQ(run.value(0, 2), sums[static_cast<std::size_t>(arm)] - least);  // of the same draws in hindsight
  }
}

TEST(RelaxationBandit, AgainstTheBestOmegaOfEachSystemTheKnownOneLosesTheGridAlone) {
  const auto bandit = make({{"comparator", "instance"}});
  const auto regret = [&](const char* learner, const std::vector<Setting>& settings) {
    return play(*bandit, learner, settings, Stream(5), {.length = 300, .checkpoints = {300}}).value(0, 0) / 300;
  };
  const double known = regret("relax-known", {}), fixed = regret("relax-fixed", {{"omega", "1.8"}});
  EXPECT_LT(known, 6);
  EXPECT_GT(fixed, 5 * known);
}

TEST(RelaxationBandit, TablesAreTheSameForAnyNumberOfThreads) {
  std::vector<std::vector<int>> tables;
  for (const int threads : {1, 4}) {
    const ThreadCount guard(threads);
    tables.push_back(*make()->table(70, Stream(6)));
  }
  EXPECT_EQ(tables[0], tables[1]);
  const auto bandit = make();
  const auto first = bandit->table(20, Stream(6));
  EXPECT_EQ(first, bandit->table(20, Stream(6)));  // kept
  EXPECT_NE(*first, *bandit->table(20, Stream(7)));
}

TEST(RelaxationBandit, RefusesWhatCannotConverge) {
  const auto law = [](double low) {
    RelaxationBandit({.low = low}, {1.5}, 1e-8, 100, RelaxationBandit::Comparator::kFixed);
  };
  EXPECT_NO_THROW(law(-.16));
  EXPECT_THAT([&] { law(-.17); }, ThrowsMessage<InvalidOption>(HasSubstr("positive definite")));
  EXPECT_THAT([&] { make({{"omegas", "1/2"}}); }, ThrowsMessage<InvalidOption>(HasSubstr("omega is 2")));
  EXPECT_NE(make({{"omegas", "1/1.5"}})->content(), make({{"omegas", "1/1.6"}})->content());
  EXPECT_NE(make()->content(), make({{"comparator", "fixed"}})->content());
}

}  // namespace
}  // namespace bellwether::bandits
