#include "bandits/duelling/rucb.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/duels.h"
#include "bandits/arms/family.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<double> kThree = {0.5, 0.6, 0.9, 0.4, 0.5, 0.7, 0.1, 0.3, 0.5};

TEST(Duels, RegretIsAgainstTheCondorcetWinner) {
  const DuelBandit bandit(kThree);
  EXPECT_EQ(bandit.winner(), 0);
  const auto game = bandit.start(10, Stream(1));
  EXPECT_EQ(game->next().arms, 9);
  EXPECT_EQ(game->play(0).regret, 0);
  EXPECT_NEAR(game->play(1).regret, 0.05, 1e-15);             // (0, 1)
  EXPECT_NEAR(game->play(5).regret, (0.1 + 0.4) / 2, 1e-15);  // (1, 2)
}

// A pair has one sequence of coins, whichever side it is asked from.
TEST(Duels, BothSidesSeeTheSameDuels) {
  const DuelBandit bandit(kThree);
  const auto one = bandit.start(100, Stream(1)), other = bandit.start(100, Stream(1));
  double wins = 0;
  for (int t = 0; t < 4000; ++t) {
    const double won = one->play(2).reward;
    wins += won;
    EXPECT_EQ(won + other->play(6).reward, 1);
  }
  EXPECT_NEAR(wins / 4000, 0.9, 0.02);
}

TEST(Duels, StrengthsAreThoseOfBradleyAndTerry) {
  const auto bandit =
      std::static_pointer_cast<const DuelBandit>(find_family("duels")->make({{"strengths", "0/2"}}).bandit);
  EXPECT_DOUBLE_EQ(bandit->preference(1, 0), 1 / (1 + std::exp(-2)));
  EXPECT_EQ(bandit->winner(), 1);
  EXPECT_EQ(std::static_pointer_cast<const DuelBandit>(find_family("duels")->make().bandit)->winner(), 7);
}

TEST(Duels, RefusesWhatIsNoMatrixOfPreferences) {
  const auto refuses = [](std::vector<double> matrix, const char* words) {
    EXPECT_THAT([&] { DuelBandit{matrix}; }, ThrowsMessage<InvalidOption>(HasSubstr(words)));
  };
  refuses({0.5, 0.6, 0.4}, "3 entries");
  refuses({0.5, 0.6, 0.6, 0.5}, "item 0 beats 1 with probability 0.6 and loses with 0.6");
  refuses({0.5, 0.6, 0.4, 0.4, 0.5, 0.6, 0.6, 0.4, 0.5}, "no item beats all others");
}

World three() { return {.kind = Kind::kDuels, .arms = 9, .items = 3}; }

// Two items, duelled until u_10 falls below 1/2: from then on item 0 is alone, and its opponent is the one with the
// largest u_j0: itself while u_10 < 1/2.
TEST(Rucb, ItsOnlyCandidateDuelsItselfOnceTheOtherCannotWin) {
  const int n = 100;
  for (int won = 60; won <= n; ++won) {
    const auto fresh = make_rucb({.kind = Kind::kDuels, .arms = 4, .items = 2}, {}, Stream(1));
    for (int i = 0; i < n; ++i) fresh->learn({.round = i, .arm = 1, .reward = i < won ? 1.0 : 0.0});
    const double upper = 1 - won / 100.0 + std::sqrt(0.51 * std::log(101) / n);
    const int arm = fresh->choose({.number = 101, .arms = 4});
    if (upper < 0.5)
      EXPECT_EQ(arm, 0) << won;
    else
      EXPECT_TRUE(arm == 1 || arm == 2) << won;
  }
}

TEST(Rucb, UnmetPairsCountAsPossibleWins) {
  const auto agent = make_rucb(three(), {}, Stream(2));
  std::vector<int> seen(9);
  for (int i = 0; i < 3000; ++i) ++seen[static_cast<std::size_t>(agent->choose({.number = 1, .arms = 9}))];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      EXPECT_NEAR(seen[static_cast<std::size_t>(3 * i + j)], i == j ? 0 : 500, i == j ? 0 : 120);
}

// Reference: both items are the winner in 98.4 % of the rounds from 10,000 to 20,000; regret 313.
TEST(Rucb, SettlesOnTheCondorcetWinner) {
  const auto bandit = find_family("duels")->make().bandit;
  double regret = 0, share = 0;
  constexpr int kRuns = 10;
  for (int seed = 0; seed < kRuns; ++seed) {
    const Series run = play(*bandit, "rucb", {}, Stream(5).child(static_cast<std::uint64_t>(seed)),
                            {.length = 20'000, .checkpoints = {10'000, 20'000}});
    regret += run.value(1, 0) / kRuns;
    share += (2 * run.value(1, 3) - run.value(0, 3)) / kRuns;
  }
  EXPECT_GT(share, 0.95);
  EXPECT_NEAR(regret, 313, 0.15 * 313);
}

}  // namespace
}  // namespace bellwether::bandits
