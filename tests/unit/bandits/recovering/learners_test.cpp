#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/recovering.h"
#include "bandits/recovering/periodic_ucb.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"
#include "core/rate_fit.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::shared_ptr<const Bandit> arms(int seed, const std::string& shape = "mixed", const std::string& count = "12") {
  return find_family("recovering-arms")
      ->make({{"arms", count}, {"shape", shape}, {"comparator", "periodic"}, {"seed", std::to_string(seed)}})
      .bandit;
}

double regret(const Bandit& bandit, const std::string& learner, std::int64_t rounds, int seed,
              const std::vector<Setting>& settings = {}) {
  return play(bandit, learner, settings, Stream(41).child(seed), {.length = rounds, .checkpoints = {rounds}})
      .value(0, 0);
}

TEST(RecoveryEstimates, AreMonotoneUpperBoundsByHand) {
  RecoveryEstimates estimates(1, 3, 100, 1);
  EXPECT_EQ(estimates.idle(0, 1), 3);
  for (int d = 1; d <= 3; ++d) EXPECT_EQ(estimates.upper(0, d), 1);
  const double width = std::sqrt(2 * std::log(300.0));
  std::int64_t t = 1;
  estimates.add(0, t, 0);
  for (int i = 1; i < 100; ++i) estimates.add(0, t += 2, i % 10 == 0 ? 1 : 0);  // at delay 2: 9 of 99
  const double two = 9.0 / 99 + width / std::sqrt(99);
  EXPECT_DOUBLE_EQ(estimates.upper(0, 2), two);
  EXPECT_DOUBLE_EQ(estimates.upper(0, 1), two);  // never seen, and no more than at a longer delay
  EXPECT_EQ(estimates.upper(0, 3), 1);
  EXPECT_EQ(estimates.idle(0, t + 1), 1);
}

TEST(PeriodicUcb, PlaysAPolicyForAPhaseAndSamplesAtTheTrueDelay) {
  const auto bandit = arms(0);
  PeriodicUcb agent(bandit->world(10'000), {.delays = 12}, 1);
  const auto game = bandit->start(10'000, Stream(3));
  std::vector<double> rewards(2);
  PeriodicPolicy first;
  for (int t = 1; t <= 101; ++t) {
    const Round& round = game->next();
    const auto items = agent.choose_items(round);
    if (t == 1) first = agent.policy();
    if (t <= 100) {  // max{48, sqrt(T)}
      EXPECT_EQ(agent.policy().period, first.period) << t;
    }
    for (const int arm : items) EXPECT_TRUE(agent.policy().pulls(arm, (t - 1) % 100));
    game->play_items(items, rewards);
    agent.learn_items(t, items, rewards);
  }
  EXPECT_NE(agent.policy().period, first.period);
}

TEST(PeriodicUcb, ItsBoundsHoldInNearlyAllRuns) {
  int broken = 0;
  for (int seed = 0; seed < 40; ++seed) {
    const auto bandit = arms(seed);
    const auto recoveries = dynamic_cast<const RecoveringBandit&>(*bandit).recoveries();
    PeriodicUcb agent(bandit->world(8192), {.delays = 12}, 1);
    run_rounds(*bandit, agent, Stream(43).child(seed), {.length = 8192});
    bool holds = true;
    for (int arm = 0; arm < 12; ++arm)
      for (int d = 1; d <= 12; ++d)
        holds = holds && agent.estimates().upper(arm, d) >= recovered(recoveries[static_cast<std::size_t>(arm)], d);
    broken += holds ? 0 : 1;
  }
  EXPECT_LE(broken, 2);
}

TEST(PeriodicUcb, RegretAgainstThePlannedPolicyGrowsLikeARoot) {
  std::vector<double> rounds, regrets;
  for (int power = 10; power <= 16; power += 2) {
    double sum = 0;
    for (int seed = 0; seed < 20; ++seed) sum += regret(*arms(seed), "periodic-ucb", std::int64_t{1} << power, seed);
    rounds.push_back(std::ldexp(1.0, power));
    regrets.push_back(sum / 20);
  }
  const double slope = power_line(rounds, regrets).slope;
  EXPECT_GE(slope, .4) << testing::PrintToString(regrets);
  EXPECT_LE(slope, .75) << testing::PrintToString(regrets);
}

TEST(KnownRecovery, PlannedPeriodsAreEarnedAndMyopicPullsAreNot) {
  double planned = 0, myopic = 0, value = 0;
  constexpr std::int64_t kRounds = 6000;
  for (int seed = 0; seed < 20; ++seed) {
    const auto bandit = arms(seed, "step", "6");
    value += dynamic_cast<const RecoveringBandit&>(*bandit).periodic_value() * kRounds;
    planned += regret(*bandit, "periodic-known", kRounds, seed);
    myopic += regret(*bandit, "myopic-known", kRounds, seed);
  }
  EXPECT_LT(std::abs(planned), .005 * value);
  EXPECT_GT(myopic, .1 * value);
}

TEST(MyopicUcb, DoesWorseThanTheOnePlan) {
  double myopic = 0, value = 0;
  for (int seed = 0; seed < 10; ++seed) {
    const auto bandit = arms(seed, "step", "6");
    value += dynamic_cast<const RecoveringBandit&>(*bandit).periodic_value() * 6000;
    myopic += regret(*bandit, "myopic-ucb", 6000, seed) - regret(*bandit, "periodic-ucb", 6000, seed);
  }
  EXPECT_GT(myopic, .1 * value);
}

TEST(KnownRecovery, RefusesArmsThatDoNotRecover) {
  const auto ordinary = find_family("bernoulli-arms")->make().bandit;
  EXPECT_THAT([&] { play(*ordinary, "periodic-known", {}, Stream(1), {}); },
              ThrowsMessage<InvalidOption>(HasSubstr("plays items, this is a bandit of arms")));
  EXPECT_THAT([&] { regret(*arms(0), "myopic-known", 10, 0, {{"x", "1"}}); }, testing::Throws<InvalidOption>());
}

}  // namespace
}  // namespace bellwether::bandits
