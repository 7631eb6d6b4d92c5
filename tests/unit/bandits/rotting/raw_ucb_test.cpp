#include "bandits/rotting/raw_ucb.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/rotting.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::shared_ptr<const Bandit> arms(const std::vector<Setting>& settings) {
  return find_family("rotting-arms")->make(settings).bandit;
}

double regret(const Bandit& bandit, const std::string& learner, std::int64_t rounds, int runs,
              const std::vector<Setting>& settings = {}) {
  double sum = 0;
  for (int run = 0; run < runs; ++run)
    sum += play(bandit, learner, settings, Stream(91).child(static_cast<std::uint64_t>(run)),
                {.length = rounds, .checkpoints = {rounds}})
               .value(0, 0);
  return sum / runs;
}

TEST(RecentMeans, AreOfTheLastRewardsAndTheIndexIsTheLeastOfTheirBounds) {
  RecentMeans arm(10);
  EXPECT_TRUE(std::isinf(arm.index(1, true)));
  EXPECT_TRUE(std::isinf(arm.index(1, false)));
  for (const double x : {1.0, 1.0, 0.0, 1.0, 0.0, 0.0}) arm.add(x);
  EXPECT_EQ(arm.count(), 6U);
  EXPECT_DOUBLE_EQ(arm.mean(1), 0);
  EXPECT_DOUBLE_EQ(arm.mean(3), 1.0 / 3);
  EXPECT_DOUBLE_EQ(arm.mean(6), 0.5);
  for (const double width : {0.05, 0.4, 3.0}) {
    std::vector<double> bounds;
    for (int h = 1; h <= 6; ++h) bounds.push_back(arm.mean(static_cast<std::size_t>(h)) + width / std::sqrt(h));
    EXPECT_DOUBLE_EQ(arm.index(width, true), *std::ranges::min_element(bounds)) << width;
    EXPECT_DOUBLE_EQ(arm.index(width, false), std::min({bounds[0], bounds[1], bounds[3], bounds[5]})) << width;
  }
}

TEST(RottingArms, MeansFallByHandAndTheComparatorTakesTheLargest) {
  const Rot step{.start = 0.9, .end = 0.1, .lasts = 0.25};
  EXPECT_EQ(step.at(24, 100), 0.9);
  EXPECT_EQ(step.at(25, 100), 0.1);
  const Rot line{.shape = Rot::Shape::kLinear, .start = 1, .end = 0, .lasts = 0.5};
  EXPECT_EQ(line.at(50, 100), 1);
  EXPECT_DOUBLE_EQ(line.at(75, 100), 0.5);
  EXPECT_DOUBLE_EQ(line.at(100, 100), 0);
  // Rested, three arms: what the comparator earns are the largest of all means in falling order.
  const auto bandit = arms({{"arms", "3"}, {"shape", "linear"}});
  const auto& rotting = dynamic_cast<const RottingBandit&>(*bandit);
  std::vector<double> means;
  for (const Rot& arm : rotting.arms())
    for (int n = 0; n < 200; ++n) means.push_back(arm.at(n, 200));
  std::ranges::sort(means, std::greater{});
  const auto game = bandit->start(200, Stream(1));
  for (std::size_t t = 0; t < 200; ++t) {
    game->next();
    const Outcome outcome = game->play(static_cast<int>(t % 3));
    EXPECT_DOUBLE_EQ(outcome.regret + outcome.mean, means[t]) << t;
  }
  // Restless: the largest mean of the round, whatever was pulled.
  const auto clock = arms({{"rots", "rounds"}});
  const auto other = clock->start(100, Stream(1));
  for (int t = 0; t < 100; ++t) {
    other->next();
    const Outcome outcome = other->play(0);
    EXPECT_EQ(outcome.mean, 0.5);
    EXPECT_DOUBLE_EQ(outcome.regret, t < 25 ? 0.4 : 0) << t;
  }
}

TEST(RawUcb, NoticesWhatAveragesOverAllPullsDoNot) {
  for (const char* rots : {"pulls", "rounds"}) {
    const auto bandit = arms({{"rots", rots}});
    const double windows = regret(*bandit, "raw-ucb", 20'000, 5, {{"constant", "practical"}});
    EXPECT_LT(windows, 0.5 * regret(*bandit, "ucb1", 20'000, 5)) << rots;
    EXPECT_GT(windows, 0);
  }
}

TEST(RawUcb, AllWindowsAndDoublingOnesAreAlike) {
  const auto bandit = arms({{"arms", "3"}});
  const double all = regret(*bandit, "raw-ucb", 4000, 10, {{"windows", "all"}});
  const double doubling = regret(*bandit, "raw-ucb", 4000, 10);
  EXPECT_LT(all, doubling * 1.1);
  EXPECT_GT(all, doubling / 2);
}

TEST(RawUcb, WidthIsTheTheorems) {
  // Arm 0 brings 1 for ever, arm 1 brings 0: the longest window is the least bound, sqrt(8 / 4 ln t / n) above.
  const auto agent =
      make_raw_ucb({.arms = 2, .rounds = 2000, .noise = Noise::kBernoulli}, {.windows = "all"}, Stream(1));
  int first = 0, second = 0;
  for (int t = 1; t <= 2000; ++t) {
    const double width = std::sqrt(2 * std::log(t));
    const bool good = first == 0 || (second > 0 && 1 + width / std::sqrt(first) >= width / std::sqrt(second));
    const int arm = agent->choose({.number = t, .arms = 2});
    ASSERT_EQ(arm, good ? 0 : 1) << t;
    ++(good ? first : second);
    agent->learn({.round = t, .arm = arm, .reward = good ? 1.0 : 0.0});
  }
  EXPECT_GE(second, 10);
}

TEST(RottingArms, NamesWhatIsWrong) {
  EXPECT_THAT([] { arms({{"low", "0.95"}}); }, ThrowsMessage<InvalidOption>(HasSubstr("arm 1: means 0.9 at first")));
  EXPECT_THAT([] { RottingBandit({}, true); }, ThrowsMessage<InvalidOption>(HasSubstr("no arms")));
  EXPECT_THAT(
      [] {
        play(*find_family("arms")->make({{"law", "pareto"}, {"best", "3"}}).bandit, "raw-ucb", {}, Stream(1),
             {.length = 5});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("raw-ucb needs to know a sigma")));
}

}  // namespace
}  // namespace bellwether::bandits
