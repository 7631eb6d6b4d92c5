#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/recovering.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Comparator = RecoveringBandit::Comparator;

TEST(RecoveringBandit, RewardsFollowTheGapBetweenPulls) {
  const RecoveringBandit bandit({{.1, .5, .9}, {.2, .2, .2}}, 2, Comparator::kBound);
  const auto game = bandit.start(10, Stream(1));
  std::vector<double> rewards(2);
  const auto pull = [&](const std::vector<int>& items) {
    game->next();
    return game->play_items(items, rewards);
  };
  EXPECT_DOUBLE_EQ(pull({0}).mean, .9);     // recovered at the start
  EXPECT_DOUBLE_EQ(pull({0, 1}).mean, .3);  // a gap of one round
  EXPECT_DOUBLE_EQ(pull({}).mean, 0);
  EXPECT_DOUBLE_EQ(pull({0}).mean, .5);  // of two
  for (int t = 0; t < 4; ++t) pull({1});
  const Outcome outcome = pull({0});  // of five, more than make a difference
  EXPECT_DOUBLE_EQ(outcome.mean, .9);
  EXPECT_DOUBLE_EQ(outcome.regret, bandit.bound() - .9);
}

TEST(RecoveringBandit, MeasuresAgainstWhatItIsToldTo) {
  const std::vector<Recovery> arms = {{0, 1}, {0, .5}, {.3, .3}};
  EXPECT_EQ(RecoveringBandit(arms, 1, Comparator::kBound).comparator_value(), pull_bound(arms, 1));
  const RecoveringBandit periodic(arms, 1, Comparator::kPeriodic);
  EXPECT_EQ(periodic.comparator_value(), periodic.periodic_value());
  EXPECT_LE(periodic.periodic_value(), periodic.bound());
}

TEST(RecoveringBandit, RefusesWhatIsNone) {
  const auto make = [](std::vector<Recovery> arms, int pulls) { RecoveringBandit(arms, pulls, Comparator::kBound); };
  EXPECT_THAT([&] { make({{.5, .4}}, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("arm 0: the reward after 2")));
  EXPECT_THAT([&] { make({{.5}, {1.5}}, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("arm 1")));
  EXPECT_THAT([&] { make({{.5}}, 2); }, ThrowsMessage<InvalidOption>(HasSubstr("between 1 and its 1 arms")));
  EXPECT_THAT([&] { make({{}}, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("no rewards")));
  const RecoveringBandit bandit({{.5}, {.5}}, 1, Comparator::kBound);
  const auto game = bandit.start(10, Stream(1));
  std::vector<double> rewards(2);
  game->next();
  EXPECT_THAT(
      [&] {
        game->play_items(std::vector<int>{0, 1}, rewards);
      },
      ThrowsMessage<InvalidOption>(HasSubstr("at most 1")));
  EXPECT_THAT([&] { play(bandit, "ucb1", {}, Stream(1), {}); },
              ThrowsMessage<InvalidOption>(HasSubstr("this is a bandit of items")));
}

TEST(RecoveringFamilies, DrawTheirShapes) {
  const auto recoveries = [](const std::string& shape) {
    const auto bandit = find_family("recovering-arms")->make({{"shape", shape}, {"arms", "4"}}).bandit;
    const auto all = dynamic_cast<const RecoveringBandit&>(*bandit).recoveries();
    return std::vector<Recovery>(all.begin(), all.end());
  };
  for (const Recovery& constant : recoveries("constant")) EXPECT_EQ(constant.front(), constant.back());
  for (const Recovery& step : recoveries("step")) {
    EXPECT_EQ(step.front(), 0);  // tau is above 2
    for (const double reward : step) EXPECT_TRUE(reward == 0 || reward == step.back());
  }
  const auto linear = recoveries("linear"), curved = recoveries("exponential");
  for (std::size_t i = 0; i < linear.size(); ++i) {
    EXPECT_NEAR(linear[i][1], 2 * linear[i][0], 1e-12);
    EXPECT_GT(linear[i][5], curved[i][5]);
  }
}

}  // namespace
}  // namespace bellwether::bandits
