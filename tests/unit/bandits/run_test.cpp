#include "bandits/run.h"

#include <cmath>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/stationary.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

StationaryBandit coins(std::vector<double> means) {
  std::vector<Law> laws;
  for (const double mean : means) laws.push_back({Law::Family::kBernoulli, mean});
  return StationaryBandit(std::move(laws));
}

/// Plays the arms of a list, again and again, and writes down what comes back.
class Scripted : public Agent {
 public:
  explicit Scripted(std::vector<int> arms) : arms_(std::move(arms)) {}
  int choose(const Round& round) override { return arms_[static_cast<std::size_t>(round.number - 1) % arms_.size()]; }
  void learn(const Feedback& feedback) override { heard.push_back(feedback); }

  std::vector<Feedback> heard;

 private:
  std::vector<int> arms_;
};

TEST(RunRounds, AddsUpExactRegret) {
  const StationaryBandit bandit = coins({0.75, 0.5, 0.25});
  Scripted agent({0, 1, 2, 2});
  const auto run = run_rounds(bandit, agent, Stream(1), {.length = 8, .checkpoints = {1, 4, 8}});
  ASSERT_EQ(run.rows.size(), 3u);
  EXPECT_EQ(run.rows[0].pseudo_regret, 0);
  EXPECT_EQ(run.rows[1].pseudo_regret, 1.25);
  EXPECT_EQ(run.rows[2].pseudo_regret, 2.5);
  EXPECT_EQ(run.rows[2].best_rounds, 2);
  EXPECT_EQ(run.rows[2].switches, 5);
  EXPECT_TRUE(std::isnan(run.rows[2].hindsight_regret));
  double earned = 0;
  for (const Feedback& feedback : agent.heard) earned += feedback.reward;
  EXPECT_EQ(run.rows[2].reward_regret, 8 * 0.75 - earned);
}

TEST(RunRounds, TheNthRewardOfAnArmIsTheSameWhoeverPlays) {
  const StationaryBandit bandit = coins({0.5, 0.5});
  Scripted one({0}), mixed({1, 1, 0});
  run_rounds(bandit, one, Stream(3), {.length = 20});
  run_rounds(bandit, mixed, Stream(3), {.length = 60});
  std::vector<double> first, second;
  for (const Feedback& feedback : one.heard) first.push_back(feedback.reward);
  for (const Feedback& feedback : mixed.heard)
    if (feedback.arm == 0) second.push_back(feedback.reward);
  EXPECT_EQ(first, second);
}

TEST(RunRounds, StopsWhenTheObserverSaysSo) {
  const StationaryBandit bandit = coins({0.5, 0.5});
  Scripted agent({0});
  const auto run =
      run_rounds(bandit, agent, Stream(3),
                 {.length = 1'000'000, .checkpoints = {1'000'000}, .observer = [](std::int64_t) { return false; }});
  EXPECT_TRUE(run.rows.empty());
  EXPECT_LT(run.last.rounds, 1'000'000);
}

TEST(Play, OneArmAndEqualArmsHaveNoRegret) {
  for (const auto& means : {std::vector<double>{0.3}, std::vector<double>{0.5, 0.5, 0.5}}) {
    const Series series = play(coins(means), "ucb1", {}, Stream(5), {.length = 500});
    for (std::size_t i = 0; i < series.at.size(); ++i) EXPECT_EQ(series.value(i, 0), 0);
  }
}

TEST(Play, RefusesUnknownLearnersAndSettings) {
  const StationaryBandit bandit = coins({0.3, 0.4});
  EXPECT_THAT([&] { play(bandit, "ucb2", {}, Stream(5), {}); }, ThrowsMessage<InvalidOption>(HasSubstr("ucb1")));
  EXPECT_THAT(
      [&] {
        play(bandit, "ucb1", {{"constant", "-1"}}, Stream(5), {});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("ucb1: constant is \"-1\"")));
}

}  // namespace
}  // namespace bellwether::bandits
