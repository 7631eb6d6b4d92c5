#include "bandits/arms/sequence.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/run.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class SequenceFile : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path =
        testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name() + std::string(".csv");
    std::ofstream(path) << text;
    return path;
  }
};

class Always : public Agent {
 public:
  explicit Always(int arm) : arm_(arm) {}
  int choose(const Round&) override { return arm_; }
  void learn(const Feedback& feedback) override { heard.push_back(feedback.reward); }
  std::vector<double> heard;

 private:
  int arm_;
};

TEST_F(SequenceFile, IsPlayedRoundByRound) {
  const std::string path = write("left, right\r\n0, 1\r\n0.25,0.5\n\n1,0\n");
  const NamedBandit made = find_family("loss-sequence")->make({{"file", path}});
  EXPECT_THAT(made.arm_names, ElementsAre("left", "right"));
  EXPECT_EQ(made.facts[0].value, 3);
  Always left(0), right(1);
  const auto run = run_rounds(*made.bandit, left, Stream(1), {.length = 3});
  EXPECT_THAT(left.heard, ElementsAre(1, 0.75, 0));
  EXPECT_EQ(run.last.pseudo_regret, 0);  // left loses 1.25 in all, right 1.5
  EXPECT_EQ(run_rounds(*made.bandit, right, Stream(1), {.length = 3}).last.pseudo_regret, 0.25);
  EXPECT_EQ(run_rounds(*made.bandit, right, Stream(1), {.length = 2}).last.pseudo_regret, 1.25);
  Always gains(0);
  run_rounds(*find_family("loss-sequence")->make({{"file", path}, {"values", "rewards"}}).bandit, gains, Stream(1),
             {.length = 3});
  EXPECT_THAT(gains.heard, ElementsAre(0, 0.25, 1));
}

TEST_F(SequenceFile, HasNoMoreRoundsThanLines) {
  const auto made = find_family("loss-sequence")->make({{"file", write("a,b\n0,1\n1,0\n")}});
  EXPECT_THAT([&] { made.bandit->world(3); },
              ThrowsMessage<InvalidOption>(HasSubstr("3 rounds were asked for, the sequence has 2")));
}

TEST_F(SequenceFile, SaysWhereItIsBroken) {
  const auto refuses = [&](const std::string& text, const std::string& words) {
    EXPECT_THAT([&] { read_sequence(write(text)); }, ThrowsMessage<ParseError>(HasSubstr(words)));
  };
  refuses("a,b\n0,1\n0\n", ".csv:3: has 1 columns, the first line has 2");
  refuses("a,b\n0,1.5\n", ".csv:2: has '1.5', must be a number in [0, 1]");
  refuses("a,b\n0,x\n", ".csv:2: has 'x'");
  refuses("a,b\n", "has no rounds");
  refuses("", "is empty");
  EXPECT_THAT([] { read_sequence("no/such/file"); }, ThrowsMessage<ParseError>(HasSubstr("cannot be read")));
  EXPECT_THAT([] { find_family("loss-sequence")->make(); }, ThrowsMessage<InvalidOption>(HasSubstr("option 'file'")));
}

TEST(AdaptiveAdversary, PunishesWhatWasPlayedMost) {
  const auto bandit = adaptive_adversary(3, 4, 0.25, 0.75, Draw::kExact);
  const auto game = bandit->start(100, Stream(1));
  const auto played = [&](int arm) {
    game->next();
    return game->play(arm);
  };
  EXPECT_EQ(played(1).mean, 0.75);
  EXPECT_EQ(played(1).mean, 0.25);
  EXPECT_EQ(played(1).regret, 0.5);
  EXPECT_EQ(played(2).regret, 0);
  EXPECT_EQ(played(2).mean, 0.75);                 // of the last four three were arm 1
  EXPECT_EQ(played(2).mean, 0.75);                 // two each: the first of equals is arm 1
  EXPECT_EQ(played(2).mean, 0.25);                 // 1 2 2 2
  EXPECT_EQ(game->best_in_hindsight(), 7 * 0.75);  // arm 0 was never punished
}

}  // namespace
}  // namespace bellwether::bandits
