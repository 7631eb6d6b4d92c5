// Bandits on the command line.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Finished play(const TemporaryFolder& folder, std::vector<std::string> words) {
  words.insert(words.begin(), "run");
  words.insert(words.end(), {"--out", folder.path("out"), "--no-figures", "--threads", "1"});
  return run_program(words);
}

TEST(BanditCommands, RunShowsRegretAndTheShareOfTheBestArm) {
  const TemporaryFolder folder;
  const Finished done = play(folder, {"bernoulli-arms:means=0.9/0.8", "--algorithm", "ucb1", "--constant",
                                      "theory,practical", "--rounds", "300", "--seeds", "4"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("pseudo-regret (mean"), HasSubstr("share of best arm"),
                              HasSubstr("ucb1 (practical 0.5)")));
  const Finished again = play(folder, {"bernoulli-arms:means=0.9/0.8", "--algorithm", "ucb1", "--constant",
                                       "theory,practical", "--rounds", "300", "--seeds", "6"});
  EXPECT_THAT(again.out + again.err, HasSubstr("4 runs computed, 8 found from before"));
  EXPECT_THAT(read_file(folder.path("out/runs.csv")),
              HasSubstr("bernoulli-arms@1,ucb1,theory,1,0.9/0.8,0,300,pseudo-regret,"));
}

/// A log of 60 rows under uniform choice of two arms, of which the second is the better one.
std::string small_log() {
  std::string text = "action,reward,propensity,age\n";
  for (int row = 0; row < 60; ++row) {
    const int action = row < 5 ? 1 : row * 7 % 3 % 2;  // who begins with arm 0 hears nothing at first
    text +=
        std::to_string(action) + (action == 1 || row % 4 == 0 ? ",1" : ",0") + ",0.5," + std::to_string(row % 5) + "\n";
  }
  return text;
}

TEST(BanditCommands, ReplaysALogAsShowSuggests) {
  const TemporaryFolder folder;
  const std::string log = "log-replay:file=" + folder.write("log.csv", small_log());
  EXPECT_THAT(run_program({"show", log}).out, HasSubstr(log + " --algorithm oful,ucb1 --rounds 60\n"));
  const Finished longer = play(folder, {log, "--algorithm", "ucb1", "--rounds", "61"});
  EXPECT_EQ(longer.code, 2);
  EXPECT_THAT(longer.err, HasSubstr("for 61 rounds; the most is --rounds 60"));
  const Finished done =
      play(folder, {log, "-a", "oful,ucb1", "--rounds", "60", "--seeds", "6", "--plot", folder.path("p.gp")});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("mean-reward (mean"), HasSubstr("share of rounds kept"), Not(HasSubstr("no numbers"))));
  const std::string figure = read_file(folder.path("p.gp"));
  EXPECT_THAT(figure, AllOf(HasSubstr("set ylabel 'mean reward'"), HasSubstr("bands: 95 %"),
                            HasSubstr("$line0 using 1:3:4 with filledcurves"),
                            HasSubstr("$line1 using 1:3:4 with filledcurves"), Not(HasSubstr("slope")),
                            Not(HasSubstr("set logscale y"))));
}

TEST(BanditCommands, ShowTellsArmsAndFormulas) {
  const Finished bandit = run_program({"show", "bernoulli-arms:means=0.9/0.8"});
  EXPECT_EQ(bandit.code, 0) << bandit.err;
  EXPECT_THAT(bandit.out, AllOf(HasSubstr("2 arms"), HasSubstr("0 or 1"), HasSubstr("means=")));
  const Finished learner = run_program({"show", "ucb1"});
  EXPECT_THAT(learner.out, AllOf(HasSubstr("m + sqrt(2 ln n / N)"), HasSubstr("run bernoulli-arms --algorithm ucb1")));
  EXPECT_THAT(run_program({"list", "instances"}).out, HasSubstr("bernoulli-arms"));
  EXPECT_THAT(run_program({"list", "learners"}).out, HasSubstr("ucb1"));
}

TEST(BanditCommands, ShowNamesSetsAndWhoPlays) {
  const auto shown = [](const std::string& bandit) { return run_program({"show", bandit}).out; };
  EXPECT_THAT(shown("matching-items:left=2:right=2:means=0.9/0.8/0.8/0.1"),
              AllOf(HasSubstr("1.6 (sum of the means of 0-1 1-0)"), HasSubstr("--algorithm comb-ucb1")));
  EXPECT_THAT(shown("path-items"), AllOf(HasSubstr("24 items"), HasSubstr("(0,0)^")));
  EXPECT_THAT(shown("circle-arms"), HasSubstr("--algorithm oful,thompson"));
  EXPECT_THAT(shown("circle-arms:logistic=true"), HasSubstr("--algorithm ucb-glm,ucb1"));
  EXPECT_THAT(shown("process-arms"), HasSubstr("--algorithm gp-ucb,thompson"));
  EXPECT_THAT(shown("arms:law=poisson"), AllOf(HasSubstr("counts: Poisson"), HasSubstr("Lai-Robbins constant")));
  EXPECT_THAT(shown("arms:law=pareto:degrees=1.5:best=3"),
              AllOf(HasSubstr("moment of order 1.25"), HasSubstr("--algorithm robust-ucb --rounds")));
}

TEST(BanditCommands, MessagesNameWhatIsWrong) {
  const TemporaryFolder folder;
  const auto refuses = [&](const std::vector<std::string>& words, const std::string& message) {
    const Finished done = play(folder, words);
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr(message));
  };
  refuses({"bernoulli-arms", "--algorithm", "psrl"}, "psrl plays episodes, and the instances are bandits");
  refuses({"riverswim", "--algorithm", "ucb1"}, "ucb1 plays bandits, and the instances are models");
  refuses({"bernoulli-arms", "--algorithm", "ucb1", "--episodes", "9"}, "set rounds");
  refuses({"bernoulli-arms", "--algorithm", "ucb1", "--rounds", "0"}, "--rounds");
  refuses({"bernoulli-arms", "--algorithm", "ucb1:constant=0.01,imed"},
          "'imed' (character 20) stands among the values of a setting; a learner with settings is given by itself: "
          "--algorithm ucb1:constant=0.01 --algorithm imed\n");
  refuses({"bernoulli-arms", "--algorithm", "ucb1:constant=0.01,2,imed:protocol=x"},
          "--algorithm ucb1:constant=0.01,2 --algorithm imed:protocol=x\n");
  refuses(
      {"bernoulli-arms", "--algorithm", "bold:base=ucb1:with=constant=1;2"},
      "option 'with' is 'constant=1;2': '2' (character 12) must be name=value, with spaces or ; between several, as in "
      "with=constant=practical (a comma begins another value of a sweep)");
  for (const char* learner : {"bold:base=ucb1:with=constant=practical", "bold:base=ucb1,imed"})
    EXPECT_EQ(play(folder, {"bernoulli-arms", "--algorithm", learner, "--rounds", "20", "--seeds", "1"}).code, 0);
  EXPECT_EQ(
      play(folder, {"corrupted-arms:with=arms=5;gap=0.2", "--algorithm", "ucb1", "--rounds", "20", "--seeds", "1"})
          .code,
      0);
  refuses({"bernoulli-arms:means=0.9/2", "--algorithm", "ucb1"}, "arm 1: the mean of a bernoulli arm is 2");
  refuses({"bernoulli-arms:means=0.9/x", "--algorithm", "ucb1"}, "option 'means' has 'x'");
  refuses({"bernoulli-arms", "--horizon", "9", "--algorithm", "ucb1"}, "nothing here has a setting 'horizon'");
  const std::string bare = folder.write("bare.csv", "0.1,0.5,1\n0.2,0.5,0\n"),
                    named = folder.write("named.csv", "0,1,2\n0.2,0.5,0\n");  // as pandas names columns
  refuses({"loss-sequence:file=" + bare, "--algorithm", "exp3"},
          "bare.csv:1: is a round, but the first line must name the arms, as in arm0,arm1,arm2");
  EXPECT_EQ(run_program({"show", "loss-sequence:file=" + named}).code, 0);
  refuses({"bernoulli-arms:arms=1e6", "--algorithm", "exp4", "--rounds", "10"},
          "exp4: 1000000 arms make 1000000 experts with a number for each arm, more than 100000000 numbers");
  refuses({"bernoulli-arms:arms=1e6", "--algorithm", "exp4:experts=one-change", "--rounds", "10"},
          "exp4: 1000000 arms");
  refuses({"circle-arms:logistic=true", "--algorithm", "oful"}, "ucb-glm plays it");
  refuses({"circle-arms:coins=true", "--algorithm", "oful"}, "the mean of arm 6 is -0.309017, must be between 0 and 1");
  const Finished made = run_program({"make", "bernoulli-arms", "-o", folder.path("m.csv")});
  EXPECT_EQ(made.code, 2);
  EXPECT_THAT(made.err, HasSubstr("bernoulli-arms is a bandit and no model of states"));
  const Finished shown = run_program({"show", "bernoulli-arms", "--matrix"});
  EXPECT_EQ(shown.code, 2);
  EXPECT_THAT(shown.err, HasSubstr("--matrix is for models, and bernoulli-arms@1 is a bandit"));
}

}  // namespace
}  // namespace bellwether::test
