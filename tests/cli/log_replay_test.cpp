// Logs replayed with few rows: what is said of the seeds that kept none.
#include <algorithm>
#include <map>
#include <sstream>
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

// Of two rounds each is kept by a quarter of the seeds, whoever plays: the least propensity is that of the third row.
const std::string kShort = "action,reward,propensity,age\n0,0.25,1,1\n0,0.75,1,2\n0,0,0.25,3\n";

struct Replay {
  std::string out, runs, summary, report;
};

Replay replay(const std::string& log, const std::string& learners, const std::string& seeds) {
  const TemporaryFolder folder;
  const Finished done = run_program({"run", "log-replay:file=" + folder.write("log.csv", log), "--algorithm", learners,
                                     "--rounds", "2", "--seeds", seeds, "--no-figures", "--out", folder.path("out")});
  EXPECT_EQ(done.code, 0) << done.err;
  return {done.out, read_file(folder.path("out/runs.csv")), read_file(folder.path("out/summary.csv")),
          read_file(folder.path("out/report.html"))};
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) out.push_back(cell);
  if (line.ends_with(',')) out.emplace_back();
  return out;
}

/// The mean reward of every seed that kept a row, as runs.csv has it at this checkpoint.
std::vector<double> kept_means(const std::string& runs, const std::string& checkpoint) {
  std::vector<double> out;
  std::istringstream in(runs);
  for (std::string line; std::getline(in, line);) {
    const auto row = cells(line);
    if (line.find("," + checkpoint + ",mean-reward,") != std::string::npos && !row.back().empty())
      out.push_back(std::stod(row.back()));
  }
  return out;
}

TEST(LogReplay, SeedsWithoutARowAreLeftOutOfTheMeanAndCounted) {
  const Replay done = replay(kShort, "uniform", "20");
  const std::vector<double> kept = kept_means(done.runs, "2");
  ASSERT_GT(kept.size(), 2U);
  ASSERT_LT(kept.size(), 20U);
  double sum = 0;
  for (const double x : kept) sum += x;
  const std::string count = std::to_string(kept.size()), none = std::to_string(20 - kept.size());
  const std::string note = "uniform: mean of " + count + " of 20 seeds; " + none + " kept no row";
  EXPECT_THAT(done.out, HasSubstr("  " + note + "\n"));
  EXPECT_THAT(done.report, HasSubstr(note));
  std::istringstream in(done.summary);
  std::map<std::string, std::vector<std::string>> last;  // by metric, at the last checkpoint
  std::string header;
  std::getline(in, header);
  const auto names = cells(header);
  const auto place = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  for (std::string line; std::getline(in, line);) {
    const auto row = cells(line);
    last[row.at(place("metric"))] = row;
  }
  EXPECT_EQ(last["mean-reward"].at(place("seeds")), count);
  EXPECT_NEAR(std::stod(last["mean-reward"].at(place("mean"))), sum / static_cast<double>(kept.size()), 1e-12);
  EXPECT_EQ(last["observed-share"].at(place("seeds")), "20");
}

// Both arms pay the same, and still any two learners were told apart by enough seeds.
TEST(LogReplay, ComparesNobodyOnTheSameRows) {
  const Replay done = replay(kShort, "uniform,greedy", "20");
  EXPECT_THAT(done.out, AllOf(HasSubstr("uniform: mean of "), HasSubstr("greedy: mean of "), Not(HasSubstr("nan"))));
  EXPECT_THAT(done.out, AllOf(HasSubstr("learners are not compared: all seeds replay the same rows"),
                              Not(HasSubstr(" against "))));
  EXPECT_THAT(done.report, Not(HasSubstr("Who can be told apart")));
}

TEST(LogReplay, SaysNothingWhereEverySeedKeptARow) {
  const std::string one_arm = "action,reward,propensity,age\n0,0.25,1,1\n0,0.75,1,2\n";
  const Replay done = replay(one_arm, "uniform", "4");
  EXPECT_THAT(done.out, AllOf(HasSubstr(" 0.5  -"), Not(HasSubstr("kept no row"))));
}

}  // namespace
}  // namespace bellwether::test
