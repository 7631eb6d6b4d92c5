#include "bandits/stochastic/elimination.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/stationary.h"
#include "bandits/run.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;

TEST(SuccessiveElimination, DropsAtTwoWidths) {
  // Arm 1 earns nothing, the others 1 each time: arm 1 goes at the first n with 1 >= 2 sqrt(ln(12 n^2 / 0.1) / (2 n)).
  SuccessiveElimination agent(3, 0.5, 0.1, 1);
  int rounds = 0;
  while (agent.active().size() == 3) {
    ++rounds;
    for (int i = 0; i < 3; ++i) {
      const int arm = agent.choose({});
      EXPECT_EQ(arm, i);
      agent.learn({.round = 1, .arm = arm, .reward = arm == 1 ? 0.0 : 1.0});
    }
  }
  EXPECT_THAT(agent.active(), ElementsAre(0, 2));
  const auto width = [](double n) { return std::sqrt(std::log(12 * n * n / 0.1) / (2 * n)); };
  EXPECT_GE(1, 2 * width(rounds));
  EXPECT_LT(1, 2 * width(rounds - 1));
}

TEST(SuccessiveElimination, SeldomDropsTheBestArmAndFindsIt) {
  const StationaryBandit bandit(
      {{Law::Family::kBernoulli, 0.7}, {Law::Family::kBernoulli, 0.5}, {Law::Family::kBernoulli, 0.2}});
  constexpr int kSeeds = 500;
  int dropped = 0, alone = 0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    SuccessiveElimination agent(3, 0.5, 0.05, 1);
    run_rounds(bandit, agent, Stream(5).child(seed), {.length = 5000});
    dropped += agent.active().front() == 0 ? 0 : 1;
    alone += agent.active().size() == 1 ? 1 : 0;
  }
  EXPECT_LE(dropped, kSeeds * 0.05 + 3 * std::sqrt(kSeeds * 0.05 * 0.95));
  EXPECT_EQ(alone, kSeeds);
}

}  // namespace
}  // namespace bellwether::bandits
