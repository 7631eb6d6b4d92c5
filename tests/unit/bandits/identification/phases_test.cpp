#include "bandits/identification/phases.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/statistics.h"
#include "tests/unit/bandits/identification/support.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<std::int64_t> pulls(const std::vector<Phase>& phases) {
  std::vector<std::int64_t> all;
  for (const Phase& phase : phases) all.push_back(phase.pulls);
  return all;
}

std::vector<int> survivors(const std::vector<Phase>& phases) {
  std::vector<int> all;
  for (const Phase& phase : phases) all.push_back(phase.survivors);
  return all;
}

TEST(Phases, ByHand) {
  // l = 1/2 + 1/2 + 1/3 + 1/4 = 19/12; (100 - 4) / l = 60.63; n_k = ceil(60.63 / (4, 3, 2)) = 16, 21, 31.
  EXPECT_THAT(pulls(successive_rejects_phases(4, 100)), ElementsAre(16, 5, 10));
  EXPECT_THAT(survivors(successive_rejects_phases(4, 100)), ElementsAre(3, 2, 1));
  EXPECT_THAT(pulls(sequential_halving_phases(7, 200)), ElementsAre(9, 16, 33));
  EXPECT_THAT(survivors(sequential_halving_phases(7, 200)), ElementsAre(4, 2, 1));
  EXPECT_THAT(pulls(uniform_phases(7, 200)), ElementsAre(28));
  EXPECT_TRUE(sequential_halving_phases(1, 200).empty());
}

TEST(Phases, KeepToTheBudget) {
  for (int arms = 1; arms <= 60; ++arms) {
    for (const std::int64_t rounds : {10 * arms, 10 * arms + 7, 1000 * arms}) {
      for (const auto& phases : {uniform_phases(arms, rounds), successive_rejects_phases(arms, rounds),
                                 sequential_halving_phases(arms, rounds)}) {
        std::int64_t total = 0;
        int left = arms;
        for (const Phase& phase : phases) {
          total += left * phase.pulls;
          left = phase.survivors;
        }
        EXPECT_LE(total, rounds) << arms;
        EXPECT_EQ(left, 1) << arms;
      }
    }
  }
}

/// Arm by number: rewards of a phase of one pull each, then of the next.
int answer_after(bool fresh, const std::vector<std::vector<double>>& rewards) {
  const auto agent = make_phased("phased", 3, {{1, 2}, {1, 1}}, fresh, Stream(1));
  for (const std::vector<double>& cycle : rewards) {
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const int arm = agent->choose({});
      agent->learn({.round = 1, .arm = arm, .reward = cycle[i]});
    }
  }
  EXPECT_TRUE(agent->finished());
  return agent->answer();
}

TEST(Phases, FreshRewardsForgetThePhaseBefore) {
  // Arm 0 goes; then arm 1 has 0.9 + 0.4 and arm 2 has 0.5 + 0.6.
  EXPECT_EQ(answer_after(true, {{0.1, 0.9, 0.5}, {0.4, 0.6}}), 2);
  EXPECT_EQ(answer_after(false, {{0.1, 0.9, 0.5}, {0.4, 0.6}}), 1);
}

TEST(Phases, BreakTiesAtRandom) {
  int first = 0;
  constexpr int kRuns = 4000;
  for (int i = 0; i < kRuns; ++i) {
    const auto agent = make_phased("phased", 3, {{1, 1}}, false, Stream(2).child(i));
    for (int arm = 0; arm < 3; ++arm) agent->learn({.round = 1, .arm = agent->choose({}), .reward = 0.5});
    first += agent->answer() == 0 ? 1 : 0;
  }
  EXPECT_NEAR(first / static_cast<double>(kRuns), 1.0 / 3, 0.03);
}

TEST(Phases, RefuseABudgetThatShowsNothing) {
  EXPECT_THAT(
      [] {
        play(coins({0.1, 0.2, 0.3}), "sequential-halving", {}, Stream(1), {.length = 4});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("sequential-halving: too few rounds for 3 arms")));
  EXPECT_THAT(
      [] {
        play(coins({0.1, 0.2, 0.3}), "successive-rejects", {}, Stream(1), {.length = 3});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("successive-rejects: too few rounds")));
  EXPECT_EQ(play(coins({0.1}), "successive-rejects", {}, Stream(1), {.length = 3}).value(0, 1), 0);
}

// Reference errors with 2000 rounds, 20 arms, 20,000 runs.
TEST(Phases, ErrAsOftenAsIsKnown) {
  std::vector<double> spread = one_above(0.5, 0.38, 19);
  for (std::size_t i = 1; i <= 5; ++i) spread[i] = 0.42;
  const auto look = [](const std::vector<double>& means, const char* learner, double known) {
    constexpr int kRuns = 3000;
    const double got = mean(identify(coins(means), learner, {}, 2000, kRuns).wrong);
    EXPECT_NEAR(got, known, 4 * std::hypot(std::sqrt(known * (1 - known) / kRuns), 0.004)) << learner;
  };
  look(one_above(0.5, 0.4, 19), "uniform-budget", 0.432);
  look(one_above(0.5, 0.4, 19), "successive-rejects", 0.183);
  look(one_above(0.5, 0.4, 19), "sequential-halving", 0.341);
  look(spread, "uniform-budget", 0.416);
  look(spread, "successive-rejects", 0.176);
  look(spread, "sequential-halving", 0.323);
}

}  // namespace
}  // namespace bellwether::bandits
