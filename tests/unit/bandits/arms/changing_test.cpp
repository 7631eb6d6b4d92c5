#include "bandits/arms/changing.h"

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/changing_drifts.h"
#include "bandits/arms/family.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Means of all arms, round by round.
std::vector<std::vector<double>> path(const Drift& drift, std::int64_t rounds, const Stream& stream = Stream(1)) {
  const auto path = drift.start(rounds, stream);
  std::vector<std::vector<double>> all(static_cast<std::size_t>(rounds));
  for (auto& means : all) {
    means.resize(static_cast<std::size_t>(drift.arms()));
    path->next(means);
  }
  return all;
}

TEST(Piecewise, PhasesBeginAfterTheirBreak) {
  const auto shares = path(*piecewise_drift({{0.1}, {0.2}, {0.3}}, {0, 0.3, 0.5}), 10);
  const auto rounds = path(*piecewise_drift({{0.1}, {0.2}, {0.3}}, {0, 3, 5}), 10);
  EXPECT_EQ(shares, rounds);
  std::vector<double> flat;
  for (const auto& means : rounds) flat.push_back(means[0]);
  EXPECT_THAT(flat, ElementsAre(0.1, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3, 0.3));
}

TEST(Sine, TravelsAsFarAsItSays) {
  for (const double variation : {0.0, 1.0, 3.0}) {
    const auto all = path(*sine_drift(3, 0.25, variation), 20'000);
    double travelled = 0;
    for (std::size_t t = 1; t < all.size(); ++t) travelled += std::abs(all[t][0] - all[t - 1][0]);
    EXPECT_NEAR(travelled, variation, 1e-3);
    EXPECT_NEAR(all.back()[1], 0.5 + 0.25 * std::sin(2 * std::numbers::pi * variation + 2 * std::numbers::pi / 3),
                1e-9);
  }
}

TEST(Walk, StaysInsideAndStepsAsFarAsItSays) {
  const auto all = path(*walk_drift(2, 0.01, 0.2, 0.6), 50'000);
  double squares = 0;
  for (std::size_t t = 1; t < all.size(); ++t) {
    ASSERT_GE(all[t][1], 0.2);
    ASSERT_LE(all[t][1], 0.6);
    squares += std::pow(all[t][0] - all[t - 1][0], 2);
  }
  EXPECT_NEAR(std::sqrt(squares / 5e4), 0.01, 0.0003);
  EXPECT_NE(path(*walk_drift(2, 0.01, 0, 1), 5), path(*walk_drift(2, 0.01, 0, 1), 5, Stream(2)));
  EXPECT_EQ(path(*walk_drift(1, 5, 0.5, 0.5), 3).back()[0], 0.5);
}

TEST(Constrained, LevelLeapsAndTheGapStays) {
  const auto all = path(*constrained_drift(3, 0.125, 1.6), 200);
  for (std::size_t t = 1; t <= all.size(); ++t) {
    const auto phase = static_cast<int>(std::log(static_cast<double>(t)) / std::log(1.6));
    const double loss = phase % 2 == 0 ? 0 : 0.875;
    EXPECT_DOUBLE_EQ(all[t - 1][0], 1 - loss);
    EXPECT_DOUBLE_EQ(all[t - 1][2], 1 - loss - 0.125);
  }
}

/// Plays the arms of a list, again and again.
class Scripted : public Agent {
 public:
  explicit Scripted(std::vector<int> arms) : arms_(std::move(arms)) {}
  int choose(const Round& round) override { return arms_[static_cast<std::size_t>(round.number - 1) % arms_.size()]; }
  void learn(const Feedback& feedback) override { rewards.push_back(feedback.reward); }
  std::vector<double> rewards;

 private:
  std::vector<int> arms_;
};

std::shared_ptr<const Bandit> jumping(const std::string& against, const std::string& draw) {
  return find_family("piecewise-arms")
      ->make({{"means", "1/0.25/0.25/0.5"}, {"arms", "2"}, {"breaks", "0/2"}, {"against", against}, {"draw", draw}})
      .bandit;
}

TEST(Changing, RegretIsAgainstTheBestOfEachRoundOrOfTheRun) {
  // Rounds 1, 2: (1, 1/4); rounds 3, 4: (1/4, 1/2). Arm 0 earns 2.5 in all, arm 1 earns 1.5.
  Scripted one({0, 1});
  const auto each = run_rounds(*jumping("rounds", "exact"), one, Stream(1), {.length = 4});
  EXPECT_EQ(each.last.pseudo_regret, 0.75 + 0.25);
  Scripted other({0, 1});
  const auto fixed = run_rounds(*jumping("fixed", "exact"), other, Stream(1), {.length = 4});
  EXPECT_EQ(fixed.last.pseudo_regret, 0.75 - 0.25);
  EXPECT_EQ(fixed.last.hindsight_regret, 2.5 - (1 + 0.25 + 0.25 + 0.5));
  Scripted late({1, 1, 1, 1});
  EXPECT_EQ(run_rounds(*jumping("fixed", "exact"), late, Stream(1), {.length = 4}).last.pseudo_regret, 1);
  Scripted follower({0, 0, 1, 1});
  EXPECT_EQ(run_rounds(*jumping("fixed", "exact"), follower, Stream(1), {.length = 4}).last.pseudo_regret, -0.5);
}

TEST(Changing, DrawsTheSameRewardsWhoeverPlays) {
  const auto bandit = find_family("drifting-arms")->make({{"shape", "walk"}, {"arms", "3"}, {"step", "0.1"}}).bandit;
  std::vector<std::vector<double>> columns;
  double best = 0;
  for (int arm = 0; arm < 3; ++arm) {
    Scripted agent({arm});
    const auto run = run_rounds(*bandit, agent, Stream(5), {.length = 300});
    double sum = 0;
    for (const double x : agent.rewards) sum += x;
    columns.push_back(agent.rewards);
    best = std::max(best, sum);
    EXPECT_GE(run.last.hindsight_regret, 0);
  }
  EXPECT_NE(columns[0], columns[1]);
  Scripted mixed({2, 0, 1, 1});
  const auto run = run_rounds(*bandit, mixed, Stream(5), {.length = 300});
  const std::vector<std::size_t> turns = {2, 0, 1, 1};
  double earned = 0;
  for (std::size_t t = 0; t < 300; ++t) {
    EXPECT_EQ(mixed.rewards[t], columns[turns[t % 4]][t]);
    earned += mixed.rewards[t];
  }
  EXPECT_EQ(run.last.hindsight_regret, best - earned);
}

TEST(Changing, FixedComparatorIsTheArmThatEarnsMostOverTheRun) {
  // Arm 1 is best in all rounds but the first two of 20.
  EXPECT_EQ(best_fixed_arm(*piecewise_drift({{1, 0, 0.5}, {0.25, 0.75, 0.5}}, {0, 2}), 20, Stream(1)), 1);
  EXPECT_EQ(best_fixed_arm(*piecewise_drift({{1, 0, 0.5}, {0.25, 0.75, 0.5}}, {0, 2}), 3, Stream(1)), 0);
}

TEST(Changing, ArmsOfTheSameMeansDrawApart) {
  const auto bandit = find_family("piecewise-arms")->make({{"means", "0.5/0.5"}, {"arms", "2"}}).bandit;
  Scripted first({0}), second({1});
  run_rounds(*bandit, first, Stream(5), {.length = 400});
  run_rounds(*bandit, second, Stream(5), {.length = 400});
  int same = 0;
  for (std::size_t t = 0; t < 400; ++t) same += first.rewards[t] == second.rewards[t];
  EXPECT_NEAR(same, 200, 50);
}

TEST(Changing, RefusesWhatCannotBe) {
  const auto refuses = [](const std::string& family, const std::vector<Setting>& settings, const std::string& words) {
    EXPECT_THAT([&] { find_family(family)->make(settings); }, ThrowsMessage<InvalidOption>(HasSubstr(words)));
  };
  refuses("piecewise-arms", {{"means", "0.1/0.2/0.3"}, {"arms", "2"}}, "has 3 numbers, must be a multiple of 2 arms");
  refuses("piecewise-arms", {{"means", "0.1/1.2"}, {"arms", "1"}}, "a mean is 1.2, must be in [0, 1]");
  refuses("piecewise-arms", {{"means", "0.1/0.2"}, {"arms", "1"}, {"breaks", "0"}}, "2 phases have 1 break");
  refuses("piecewise-arms", {{"means", "0.1/0.2"}, {"arms", "1"}, {"breaks", "1/2"}},
          "the first break is 1, must be 0");
  refuses("piecewise-arms", {{"means", "0.1/0.2/0.3"}, {"arms", "1"}, {"breaks", "0/5/5"}},
          "break 2 is 5, must exceed 5");
  refuses("piecewise-arms", {{"means", "0.1/0.2/0.3"}, {"arms", "1"}, {"breaks", "0/0.5/2"}}, "break 2 is 2");
  refuses("piecewise-arms", {{"against", "nobody"}}, "against");
  refuses("drifting-arms", {{"swing", "0.6"}}, "swing");
  refuses("drifting-arms", {{"shape", "walk"}, {"low", "0.6"}, {"high", "0.5"}},
          "low is 0.6, must not exceed high, 0.5");
}

TEST(Changing, DifferentBanditsHaveDifferentContents) {
  const auto content = [](const std::string& family, const std::vector<Setting>& settings) {
    return find_family(family)->make(settings).bandit->content();
  };
  const std::string known = content("piecewise-arms", {});
  EXPECT_EQ(known, content("piecewise-arms", {{"problem", "garivier-moulines"}}));
  EXPECT_NE(known, content("piecewise-arms", {{"problem", "smpybandits-1"}}));
  EXPECT_NE(known, content("piecewise-arms", {{"against", "fixed"}}));
  EXPECT_NE(known, content("piecewise-arms", {{"draw", "exact"}}));
  EXPECT_NE(content("drifting-arms", {}), content("drifting-arms", {{"variation", "2"}}));
  EXPECT_NE(content("drifting-arms", {{"shape", "walk"}}),
            content("drifting-arms", {{"shape", "walk"}, {"step", "1"}}));
  EXPECT_NE(content("constrained-adversary", {}), content("constrained-adversary", {{"gap", "0.25"}}));
  EXPECT_NE(content("adaptive-adversary", {}), content("adaptive-adversary", {{"memory", "7"}}));
  EXPECT_NE(content("delayed-arms", {}), content("delayed-arms", {{"law", "uniform"}}));
  EXPECT_NE(content("delayed-arms", {}), content("delayed-arms", {{"with", "means=0.1/0.2"}}));
  EXPECT_NE(content("corrupted-arms", {}), content("corrupted-arms", {{"rounds", "7"}}));
}

}  // namespace
}  // namespace bellwether::bandits
