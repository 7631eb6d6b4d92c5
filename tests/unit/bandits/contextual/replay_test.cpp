#include "bandits/arms/replay.h"

#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/delayed.h"
#include "bandits/arms/family.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"
#include "core/sampling.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

ActionLog read(const std::string& text) {
  std::istringstream in(text);
  return read_action_log(in, "log.csv");
}

TEST(ActionLog, ReadsColumnsByName) {
  const ActionLog log = read("age,action,propensity,reward,income\r\n1,0,0.5,1,2\r\n3,2,0.25,0,4\n");
  EXPECT_EQ(log.dimension, 2);
  EXPECT_EQ(log.arms, 3);
  EXPECT_THAT(log.contexts, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(log.actions, ElementsAre(0, 2));
  EXPECT_THAT(log.rewards, ElementsAre(1, 0));
  EXPECT_THAT(log.propensities, ElementsAre(0.5, 0.25));
}

TEST(ActionLog, SaysWhereItIsWrong) {
  const auto refuses = [](const std::string& text, const std::string& words) {
    EXPECT_THAT([&] { read(text); }, ThrowsMessage<ParseError>(HasSubstr(words)));
  };
  refuses("", "log.csv:1: there is no line of names");
  refuses("x,action,reward\n", "log.csv:1: one column must be named \"propensity\"");
  refuses("action,reward,propensity\n", "no column of the context");
  refuses("x,action,reward,propensity\n", "there is no row");
  refuses("x,action,reward,propensity\n1,0,1,1\n1,0.5,1,1\n", "log.csv:3: action 0.5");
  refuses("x,action,reward,propensity\n1,0,1,0\n", "log.csv:2: propensity 0");
  refuses("x,action,reward,propensity\n1,0,1\n", "log.csv:2: 3 columns, must be 4");
  refuses("x,action,reward,propensity\n1,0,high,1\n", "\"high\" is not a number");
}

/// Context x uniform; arm a pays x with probability 1 for a = 1, 1 - x for a = 0; the policy of the log prefers arm 0.
ActionLog skewed_log(int rows, Stream stream) {
  ActionLog log{.dimension = 1, .arms = 2};
  for (int i = 0; i < rows; ++i) {
    const double x = stream.uniform();
    const int action = sample_bernoulli(stream, 0.8) ? 0 : 1;
    log.contexts.push_back(x);
    log.actions.push_back(action);
    log.rewards.push_back(action == 1 ? x : 1 - x);
    log.propensities.push_back(action == 0 ? 0.8 : 0.2);
  }
  return log;
}

/// Arm 1 where the context is above 1/2.
class Threshold : public Agent {
 public:
  int choose(const Round& round) override { return round.feature(0)[0] > 0.5 ? 1 : 0; }
  void learn(const Feedback& feedback) override {
    ++heard;
    EXPECT_FALSE(std::isnan(feedback.reward));
  }
  int heard = 0;
};

// The value of the threshold policy is E max(x, 1 - x) = 3/4 whatever policy wrote the log. A row is kept when the
// action matches, and then with probability 0.2 / propensity: a fifth of them.
TEST(Replay, EstimatesAPolicyFromTheLogOfAnother) {
  constexpr int kRows = 100'000;
  const ReplayBandit bandit(skewed_log(kRows, Stream(3)), false, 1);
  Threshold agent;
  const auto run = run_rounds(bandit, agent, Stream(4), {.length = kRows, .checkpoints = {kRows}});
  EXPECT_NEAR(static_cast<double>(run.last.observed), 0.2 * kRows, 5 * std::sqrt(0.16 * kRows));
  EXPECT_EQ(agent.heard, run.last.observed);
  EXPECT_NEAR(run.last.reward / static_cast<double>(run.last.observed), 0.75, 0.006);
  EXPECT_TRUE(std::isnan(run.last.pseudo_regret));
  EXPECT_TRUE(std::isnan(run.last.reward_regret));
}

TEST(Replay, TellsLearnersWhatIsKnown) {
  const ReplayBandit shared(skewed_log(100, Stream(3)), false, 2), blocks(skewed_log(100, Stream(3)), true, 2);
  EXPECT_EQ(shared.world(10).dimension, 1);
  EXPECT_EQ(blocks.world(10).dimension, 2);
  EXPECT_EQ(shared.world(10).parameter_bound, 2);
  EXPECT_EQ(shared.world(10).noise, Noise::kUnit);
  EXPECT_NE(shared.content(), blocks.content());
  const auto game = blocks.start(100, Stream(1));
  const Round& round = game->next();
  const double x = shared.log().contexts[0];
  EXPECT_THAT(std::vector<double>(round.features.begin(), round.features.end()), ElementsAre(x, 0, 0, x));
  EXPECT_THAT([&] { shared.start(101, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("a log of 100 rows cannot be replayed for 101 rounds")));
}

// Copies whose rows were not kept wait for nothing.
TEST(Replay, IsPlayedByCopiesOfALearner) {
  const ReplayBandit bandit(skewed_log(500, Stream(3)), false, 1);
  const Series copies = play(bandit, "bold", {}, Stream(1), {.length = 500, .checkpoints = {500}}),
               one = play(bandit, "ucb1", {}, Stream(1), {.length = 500, .checkpoints = {500}});
  EXPECT_EQ(copies.value(0, 6), one.value(0, 6)) << "one copy, as nothing is late";
  EXPECT_EQ(copies.value(0, 7), one.value(0, 7));
  const auto late = delayed(std::make_shared<const ReplayBandit>(skewed_log(500, Stream(3)), false, 1),
                            {.family = DelayLaw::Family::kConstant, .mean = 3, .largest = 3});
  EXPECT_GT(play(*late, "bold", {}, Stream(1), {.length = 500, .checkpoints = {500}}).value(0, 7), 0);
}

TEST(Replay, SeriesSayWhatIsNotKnown) {
  const std::string file = testing::TempDir() + "/replay_test_log.csv";
  const ActionLog log = skewed_log(2000, Stream(3));
  {
    std::ofstream out(file);
    out << "x,action,reward,propensity\n";
    for (std::size_t i = 0; i < log.rows(); ++i)
      out << log.contexts[i] << ',' << log.actions[i] << ',' << log.rewards[i] << ',' << log.propensities[i] << '\n';
  }
  const auto named = find_family("log-replay")->make({{"file", file}, {"features", "blocks"}});
  const Series run = play(*named.bandit, "lin-ucb", {}, Stream(1), {.length = 2000, .checkpoints = {2000}});
  EXPECT_TRUE(std::isnan(run.value(0, 0)));
  EXPECT_TRUE(std::isnan(run.value(0, 3)));
  EXPECT_GT(run.value(0, 6), 0.4);
  EXPECT_NEAR(run.value(0, 7), 0.2, 0.04);
  EXPECT_THAT([] { find_family("log-replay")->make(); }, ThrowsMessage<InvalidOption>(HasSubstr("must name the log")));
  EXPECT_THAT(
      [] {
        find_family("log-replay")->make({{"file", "/nowhere.csv"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("cannot read the file")));
}

}  // namespace
}  // namespace bellwether::bandits
