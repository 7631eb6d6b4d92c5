#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/prior.h"
#include "bandits/arms/restless.h"
#include "bandits/indices/beta_optimum.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Channels, ShowTheBeliefAndMoveByTheLaw) {
  const NamedBandit named =
      find_family("channels")
          ->make({{"arms", "2"}, {"active", "1"}, {"ages", "4"}, {"stay", "0.9"}, {"become", "0.3"}});
  const auto& bandit = dynamic_cast<const RestlessBandit&>(*named.bandit);
  const ArmChain& arm = bandit.arms()[0];
  EXPECT_EQ(arm.states, 9);
  EXPECT_DOUBLE_EQ(arm.reward(kPlay, 8), 0.75);
  EXPECT_DOUBLE_EQ(arm.reward(kPlay, 1), 0.9 * 0.9 + 0.1 * 0.3);
  EXPECT_DOUBLE_EQ(arm.reward(kPlay, 4), 0.3);
  EXPECT_EQ(arm.transition(kRest, 3, 8), 1);
  EXPECT_EQ(arm.transition(kRest, 4, 5), 1);
  EXPECT_DOUBLE_EQ(arm.transition(kPlay, 1, 0), arm.reward(kPlay, 1));
  const auto game = bandit.start(10'000, Stream(5));
  std::array<double, 1> reward{};
  const std::array<int, 1> first = {0};
  std::array<std::array<double, 2>, 9> seen{};
  int resting = 8;
  for (int t = 0; t < 10'000; ++t) {
    const Round& round = game->next();
    const int state = state_of(round, 0), other = state_of(round, 1);
    EXPECT_EQ(other, resting);
    const Outcome outcome = game->play_items(first, reward);
    EXPECT_EQ(reward[0], arm.reward(kPlay, state));
    EXPECT_DOUBLE_EQ(outcome.regret, bandit.bound() - reward[0]);
    const bool good = state_of(round, 0) == 0;
    seen[static_cast<std::size_t>(state)][good ? 1 : 0] += 1;
  }
  for (const std::size_t s : {0UL, 4UL}) {
    const double n = seen[s][0] + seen[s][1], p = arm.rewards[kPlay][s];
    EXPECT_NEAR(seen[s][1] / n, p, 4 * std::sqrt(p * (1 - p) / n)) << s;
  }
}

TEST(Machines, WearOutAndAreRepaired) {
  const NamedBandit named =
      find_family("machines")->make({{"arms", "2"}, {"active", "1"}, {"states", "3"}, {"cost", "0.2"}, {"vary", "0"}});
  const auto& bandit = dynamic_cast<const RestlessBandit&>(*named.bandit);
  const ArmChain& arm = bandit.arms()[0];
  EXPECT_THAT(arm.rewards[kRest], testing::ElementsAre(1, 0.75, 0));
  EXPECT_THAT(arm.rewards[kPlay], testing::ElementsAre(-0.2, -0.2, -0.2));
  EXPECT_THAT(arm.transitions[kRest], testing::ElementsAre(0.6, 0.4, 0, 0, 0.6, 0.4, 0, 0, 1));
  EXPECT_THAT(arm.transitions[kPlay], testing::ElementsAre(1, 0, 0, 1, 0, 0, 1, 0, 0));
  const auto game = bandit.start(10, Stream(1));
  game->next();
  std::array<double, 2> reward{};
  const std::array<int, 1> one = {1};
  const Outcome outcome = game->play_items(one, reward);  // machine 0 works, new
  EXPECT_DOUBLE_EQ(outcome.mean, 0.8);
  EXPECT_EQ(reward[0], -0.2);
  EXPECT_LT(bandit.world(10).low, 0);
  const std::array<int, 2> both = {0, 1};
  EXPECT_THAT([&] { game->play_items(both, reward); },
              ThrowsMessage<InvalidOption>(HasSubstr("2 arms were played at once, at most 1 may be")));
}

TEST(Restless, ArmsMoveAlikeWhoeverPlays) {
  const NamedBandit named = find_family("restless-arms")->make({{"arms", "3"}, {"active", "2"}, {"states", "4"}});
  const auto& bandit = dynamic_cast<const RestlessBandit&>(*named.bandit);
  const auto a = bandit.start(50, Stream(7)), b = bandit.start(50, Stream(7));
  std::array<double, 2> reward{};
  const std::array<int, 2> low = {0, 1}, high = {0, 2}, twice = {1, 1};
  for (int t = 0; t < 50; ++t) {
    const int x = state_of(a->next(), 0), y = state_of(b->next(), 0);
    EXPECT_EQ(x, y) << t;  // arm 0 is played in both
    a->play_items(low, reward);
    b->play_items(high, reward);
  }
  a->next();
  EXPECT_THAT([&] { a->play_items(twice, reward); }, ThrowsMessage<InvalidOption>(HasSubstr("played twice")));
  EXPECT_THAT(
      [&] {
        find_family("restless-arms")->make({{"active", "9"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("9 restless arms are played in a round")));
  EXPECT_THAT(
      [&] {
        find_family("channels")->make({{"comparator", "optimum"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("joint states")));
}

/// What the best policy of two arms expects from so many rounds, discounted, by backward induction on posteriors.
class TwoArms {
 public:
  explicit TwoArms(double discount) : discount_(discount) {}
  double value(int s1, int f1, int s2, int f2, int left) {
    if (left == 0) return 0;
    const std::array<int, 4> key = {s1, f1, s2, f2};
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    const double p = s1 / static_cast<double>(s1 + f1), q = s2 / static_cast<double>(s2 + f2);
    const double first =
        p + discount_ * (p * value(s1 + 1, f1, s2, f2, left - 1) + (1 - p) * value(s1, f1 + 1, s2, f2, left - 1));
    const double second =
        q + discount_ * (q * value(s1, f1, s2 + 1, f2, left - 1) + (1 - q) * value(s1, f1, s2, f2 + 1, left - 1));
    return known_[key] = std::max(first, second);
  }

 private:
  double discount_;
  std::map<std::array<int, 4>, double> known_;
};

TEST(PriorArms, OptimumIsThatOfBackwardInduction) {
  for (const double discount : {0.3, 0.6}) {
    const int depth = 26;
    const double tail = std::pow(discount, depth);
    for (const auto& [a, b] : {std::array{1, 1}, std::array{1, 3}}) {
      const double truth = (1 - discount) * TwoArms(discount).value(a, b, a, b, depth);
      const Enclosure best = beta_optimum(a, b, 2, discount);
      EXPECT_LE(best.low, truth + tail) << discount;
      EXPECT_GE(best.high, truth) << discount;
      EXPECT_LE(best.high - best.low, 1e-3);
    }
  }
  const Enclosure alone = beta_optimum(2, 1, 1, 0.9);
  EXPECT_NEAR(alone.middle(), 2.0 / 3, 1e-4);
  EXPECT_GT(beta_optimum(1, 1, 5, 0.9).low, beta_optimum(1, 1, 2, 0.9).high);
  EXPECT_THAT([] { beta_optimum(1, 1, 0, 0.5); }, ThrowsMessage<InvalidOption>(HasSubstr("0 arms")));
}

TEST(PriorArms, WeighsRoundsByTheDiscount) {
  const PriorBandit bandit(1, 1, 1, 0.5);
  const auto game = bandit.start(3, Stream(3));
  double weight = 1, sum = 0, mean = 0;
  for (int t = 0; t < 40; ++t, weight /= 2) {
    game->next();
    const Outcome outcome = game->play(0);
    EXPECT_EQ(outcome.weight, weight);
    EXPECT_NEAR(outcome.regret, 0.5 - outcome.mean, bandit.slack() + 1e-12);
    sum += weight * outcome.regret;
    mean = outcome.mean;
  }
  const Series run = play(bandit, "uniform", {}, Stream(9), {.length = 40, .checkpoints = {40}});
  EXPECT_NEAR(sum, 2 * (bandit.optimum() - mean), 1e-9);
  EXPECT_LE(std::abs(run.value(0, 0)), 1.01);  // 40 rounds together count less than 2
  EXPECT_LE(std::abs(run.value(0, 1)), 2);
  // Without a discount the comparator is the best arm of the run, drawn anew.
  const PriorBandit plain(2, 1, 1, 1);
  double first = -1;
  for (int seed = 0; seed < 5; ++seed) {
    const auto plays = plain.start(3, Stream(static_cast<std::uint64_t>(seed)));
    plays->next();
    const Outcome a = plays->play(0), b = plays->play(1);
    EXPECT_EQ(std::min(a.regret, b.regret), 0);
    EXPECT_EQ(a.weight, 1);
    EXPECT_NE(a.mean, first);
    first = a.mean;
  }
  EXPECT_THAT([] { PriorBandit(0, 1, 1, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("no arms")));
  EXPECT_THAT([] { PriorBandit(1, 0, 1, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("Beta(0, 1)")));
}

}  // namespace
}  // namespace bellwether::bandits
