// `run`: an option that nothing looks at is refused before anything is played.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

class RunOptions : public testing::Test {
 protected:
  Finished run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--seeds", "2", "--no-figures", "--out", folder_.path("out")});
    return run_program(arguments);
  }
  void refused(const std::vector<std::string>& arguments, const std::string& why) {
    const Finished done = run(arguments);
    EXPECT_EQ(done.code, 2) << done.out;
    EXPECT_THAT(done.err, HasSubstr(why));
    EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
    EXPECT_FALSE(std::filesystem::exists(folder_.path("out")));
  }
  TemporaryFolder folder_;
};

TEST_F(RunOptions, AHorizonIsRefusedWhereEpisodesEndByChance) {
  refused({"riverswim", "--discount", "0.9", "--horizon", "5", "--algorithm", "ravi-ucb", "--episodes", "20"},
          "riverswim@1: horizon is set, but no learner here plays episodes of a given length: ravi-ucb plays a "
          "discounted model");
  const Finished without = run({"riverswim", "--discount", "0.9", "--algorithm", "ravi-ucb", "--episodes", "20"});
  EXPECT_EQ(without.code, 0) << without.err;
}

TEST_F(RunOptions, WhatNothingLooksAtIsRefused) {
  const std::vector<std::string> river{"riverswim", "--horizon", "5", "--algorithm", "psrl", "--episodes", "20"};
  const auto with = [](std::vector<std::string> command, const std::vector<std::string>& more) {
    command.insert(command.end(), more.begin(), more.end());
    return command;
  };
  refused(with(river, {"--discount", "0.8"}), "discount is set, but no learner here is of a discounted model");
  const std::vector<std::string> arms{"bernoulli-arms", "--algorithm", "lucb", "--rounds", "50"};
  refused(with(arms, {"--window", "10:20"}), "a window of slopes is set, but no slope is fitted here");
  refused(with(arms, {"--exponent", "1"}), "an exponent of slopes is set");
  refused({"bernoulli-arms", "--algorithm", "ucb1", "--rounds", "50", "--epsilon", "0.2"},
          "epsilon is set, but nothing");
  EXPECT_EQ(run(with(arms, {"--epsilon", "0.2"})).code, 0);
}

}  // namespace
}  // namespace bellwether::test
