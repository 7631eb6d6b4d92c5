// Learners that keep to limits, through the program: results, resuming, plans, and what is refused.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kCourier = "courier:rows=3:columns=3:mud=1:mud_rows=1";
constexpr const char* kEveryLearner =
    "opt-cmdp,opt-lp,opt-dual,opt-primal-dual,opt-pess-lp,dope,stepmix,epsmix,bpi-ucb";

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Limits : public testing::Test {
 protected:
  std::vector<std::string> words(std::vector<std::string> more) {
    std::vector<std::string> all{"run", kCourier, "--horizon", "4", "--out", out_, "--no-figures"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<std::string> every(std::vector<std::string> more) {
    std::vector<std::string> all =
        words({"--budget", "damage=40%", "--algorithm", kEveryLearner, "--constant", "practical"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string runs() const { return content(out_ + "/runs.csv"); }
  void expect_refused(const std::vector<std::string>& more, const std::string& said) {
    const Finished done = run_program(words(more));
    EXPECT_EQ(done.code, 2) << done.err;
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr(said));
    EXPECT_FALSE(std::filesystem::exists(out_ + "/runs.csv")) << said;
  }

  TemporaryFolder folder_;
  std::string out_ = folder_.path("results");
};

/// The last value of a metric in runs.csv for each learner, seed 0.
std::map<std::string, std::map<std::string, double>> last_values(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  std::vector<std::string> heading;
  for (std::istringstream cells(line); std::getline(cells, line, ',');) heading.push_back(line);
  std::map<std::string, std::map<std::string, double>> last;
  while (std::getline(lines, line)) {
    std::map<std::string, std::string> row;
    std::istringstream cells(line);
    for (const std::string& name : heading) std::getline(cells, row[name], ',');
    if (row["seed"] == "0" && !row["value"].empty()) last[row["learner"]][row["metric"]] = std::stod(row["value"]);
  }
  return last;
}

TEST_F(Limits, EveryLearnerIsMeasuredByEveryMetric) {
  const Finished done = run_program(every({"--episodes", "300", "--seeds", "1"}));
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("opt-pess-lp (practical 0.01)"), HasSubstr("by so much in all"),
                              HasSubstr("share of baseline / mixture")));
  EXPECT_THAT(content(out_ + "/report.html"), AllOf(HasSubstr("by so much in all"), HasSubstr("dope (practical")));
  const auto last = last_values(runs());
  EXPECT_EQ(last.size(), 9u);
  for (const auto& [learner, metrics] : last) {
    for (const char* metric : {"value-regret", "positive-regret", "violation", "hard-violation", "violating-episodes",
                               "baseline-share", "mixture-share", "own-share"})
      EXPECT_TRUE(metrics.contains(metric)) << learner << " lacks " << metric;
    EXPECT_GE(metrics.at("positive-regret"), metrics.at("value-regret")) << learner;
    EXPECT_GE(metrics.at("hard-violation") + 1e-9, metrics.at("violation")) << learner;
    EXPECT_NEAR(metrics.at("baseline-share") + metrics.at("mixture-share") + metrics.at("own-share"), 1, 1e-12)
        << learner;
  }
  for (const char* safe : {"opt-pess-lp", "dope", "stepmix", "epsmix"}) {
    EXPECT_EQ(last.at(safe).at("hard-violation"), 0) << safe;
    EXPECT_EQ(last.at(safe).at("violating-episodes"), 0) << safe;
  }
  EXPECT_GT(last.at("opt-lp").at("hard-violation"), 0);
}

TEST_F(Limits, SaysWhoBrokeALimitAndWhoNever) {
  auto all = words({"--budget", "damage=40%", "--algorithm", "opt-lp,opt-pess-lp,dope", "--constant", "practical",
                    "--episodes", "60", "--seeds", "2"});
  std::erase(all, "--no-figures");
  const Finished done = run_program(all);
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, testing::ContainsRegex("; opt-lp broke a limit in [0-9.]+ of 60 episodes"));
  EXPECT_THAT(done.out, testing::Not(HasSubstr("dope broke")));
  std::string figures;
  for (const auto& entry : std::filesystem::directory_iterator(out_))
    if (entry.path().extension() == ".svg") figures += content(entry.path());
  if (figures.empty()) GTEST_SKIP() << "no gnuplot on this machine";
  EXPECT_THAT(figures, HasSubstr("dope (practical 0.01), never over"));
}

TEST_F(Limits, SaysWhatAShareAmountsTo) {
  const Finished done = run_program(words({"--budget", "damage=40%,damage=0.3", "--algorithm", "opt-lp", "--constant",
                                           "practical", "--episodes", "5", "--seeds", "1"}));
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("\n  damage=40% is damage=0.3654 here\n"), Not(HasSubstr("damage=30%"))));
  EXPECT_THAT(content(out_ + "/manifest.json"), ContainsRegex("\"limits\": \\{\n *\"damage\": 0.3654"));
}

TEST_F(Limits, PromisesAreCountedThoughTheLastEpisodeMadeNone) {
  // OptPess-LP plays its baseline at first, and promises nothing then; a seed that ends there has no such column.
  const auto one = [&](const char* episodes) {
    EXPECT_EQ(run_program(words({"--budget", "damage=40%", "--algorithm", "opt-pess-lp,opt-lp", "--constant",
                                 "practical", "--episodes", episodes, "--seeds", "1", "--fresh"}))
                  .code,
              0);
    return last_values(runs());
  };
  EXPECT_FALSE(one("20").at("opt-pess-lp").contains("broken-bounds"));
  const auto last = one("600");
  EXPECT_EQ(last.at("opt-pess-lp").at("broken-bounds"), 0);
  EXPECT_FALSE(last.at("opt-lp").contains("broken-bounds")) << "it promises nothing";
  EXPECT_TRUE(last.at("opt-lp").contains("violations"));
}

TEST_F(Limits, ResumedRunsAndRunsOnTwoThreadsAreTheSameBits) {
  ASSERT_EQ(run_program(every({"--episodes", "150", "--seeds", "1"})).code, 0);
  const Finished more = run_program(every({"--episodes", "150", "--seeds", "2", "--threads", "2"}));
  EXPECT_THAT(more.out, HasSubstr("9 runs computed, 9 found from before"));
  const std::string resumed = runs();
  ASSERT_EQ(run_program(every({"--episodes", "150", "--seeds", "2", "--threads", "1", "--fresh"})).code, 0);
  EXPECT_EQ(runs(), resumed);
}

TEST_F(Limits, PlansSweepBudgetsAndFloors) {
  const std::string plan = folder_.write("plan.toml",
                                         "title = \"Limits\"\nepisodes = 40\nseeds = 2\n"
                                         "instances = [\n"
                                         "  {name = \"courier@1\", rows = 3, columns = 3, mud = 1, mud_rows = 1, "
                                         "horizon = 4, budget = [\"damage=30%\", \"damage=60%\"]},\n"
                                         "  {name = \"garnet@1\", states = 3, actions = 2, successors = 3, "
                                         "horizon = 3, floor = 0.8},\n"
                                         "]\n"
                                         "learners = [\"opt-lp\", {name = \"stepmix\", constant = 0.001}]\n");
  const Finished done = run_program({"run", plan, "--out", out_, "--no-figures"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(runs(), AllOf(HasSubstr("damage=30%"), HasSubstr("damage=60%"), HasSubstr("0.8")));
}

TEST_F(Limits, TheOptimumIsThatOfThePlanner) {
  // With every bonus off and the model known to it by then, OptLP ends at the optimum under the limit.
  const Finished done = run_program(words(
      {"--budget", "damage=40%", "--algorithm", "opt-lp", "--constant", "0", "--episodes", "4000", "--seeds", "1"}));
  ASSERT_EQ(done.code, 0) << done.err;
  const auto last = last_values(runs());
  EXPECT_LT(last.at("opt-lp").at("positive-regret") / 4000, 0.2);
}

TEST_F(Limits, RefusesWhatItCannotDo) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"--algorithm", "opt-lp"},
       "opt-lp keeps to limits, and courier@1 has none; give --budget COLUMN=LIMIT or --floor S"},
      {{"--algorithm", "stepmix", "--baseline", "uniform"}, "stepmix keeps to limits, and courier@1 has none"},
      {{"--algorithm", "ucbvi-bf", "--budget", "damage=1"}, "no learner here keeps to limits"},
      {{"--algorithm", "opt-lp", "--budget", "dmage=1"}, "no cost column 'dmage'; it has fuel and damage"},
      {{"--algorithm", "opt-lp", "--budget", "damage"}, "budget is 'damage', must be COLUMN=LIMIT or COLUMN=SHARE%"},
      {{"--algorithm", "opt-lp", "--budget", "=3"}, "budget is '=3', must be COLUMN=LIMIT"},
      {{"--algorithm", "opt-lp", "--budget", "0.4"}, "budget is '0.4', must be COLUMN=LIMIT"},
      {{"--algorithm", "opt-lp", "--budget", "damage=x"}, "budget is 'damage=x', the limit must be a number"},
      {{"--algorithm", "opt-lp", "--budget", "damage=nan"}, "budget is 'damage=nan', the limit must be a number"},
      {{"--algorithm", "opt-lp", "--budget", "damage=1e999"}, "budget is 'damage=1e999', the limit must be a number"},
      {{"--algorithm", "opt-lp", "--budget", "damage="}, "budget is 'damage=', the limit must be a number"},
      {{"--algorithm", "opt-lp", "--budget", "damage=140%"},
       "budget is 'damage=140%', a share must be from 0% to 100%"},
      {{"--algorithm", "opt-lp", "--budget", "damage=-1%"}, "a share must be from 0% to 100%"},
      {{"--algorithm", "opt-lp", "--budget", "damage=1+"}, "budget is '', must be COLUMN=LIMIT"},
      {{"--algorithm", "opt-lp", "--budget", "damage=1+damage=2"}, "'damage' has two limits"},
      {{"--algorithm", "opt-lp", "--budget", "damage=-1"},
       "no policy keeps to the limit on damage: every one exceeds it by 1"},
      {{"--algorithm", "opt-lp", "--budget", "damage=0+fuel=0"},
       "no policy keeps to the limits on damage and fuel together"},
      {{"--algorithm", "stepmix", "--floor", "1.5"}, "floor is '1.5', must be a share of the baseline's value"},
      {{"--algorithm", "stepmix", "--floor", "x"}, "floor is 'x', must be a share of the baseline's value"},
      {{"--algorithm", "stepmix", "--floor", "nan"}, "floor is 'nan', must be a share"},
      {{"--algorithm", "stepmix", "--floor", "0.8", "--baseline", "2"},
       "baseline is '2', must be safest, uniform or a number"},
      {{"--algorithm", "stepmix", "--floor", "0.8", "--baseline", "foo"}, "baseline is 'foo', must be safest, uniform"},
      {{"--algorithm", "stepmix", "--floor", "0.8", "--baseline", "safest"}, "there is no budget to be safe about"},
      {{"--algorithm", "opt-pess-lp", "--budget", "damage=0%"},
       "opt-pess-lp: the baseline must leave room below every limit, it leaves 0"},
      {{"--algorithm", "dope", "--floor", "1"}, "dope: the baseline must leave room below every limit"},
      {{"--algorithm", "opt-dual", "--floor", "1", "--baseline", "uniform"}, "opt-dual: the baseline must leave room"},
      {{"--algorithm", "opt-lp", "--budget", "damage=1", "--constant", "bogus"},
       "constant is \"bogus\", must be theory"},
      {{"--algorithm", "opt-lp", "--budget", "damage=1", "--constant", "-1"}, "constant is \"-1\""},
      {{"--algorithm", "opt-lp:every=-1", "--budget", "damage=1"}, "option 'every' is -1, must be at least 0"},
      {{"--algorithm", "opt-lp:delta=1", "--budget", "damage=1"}, "option 'delta' is 1"},
      {{"--algorithm", "opt-dual:step=0", "--budget", "damage=1"}, "option 'step' is 0"},
      {{"--algorithm", "stepmix:step=3", "--budget", "damage=1"}, "stepmix has no setting 'step'"},
      {{"--algorithm", "opt-lp", "--budget", "damage=1", "--samples", "10"}, "set episodes"},
  };
  for (const auto& [more, said] : wrong) expect_refused(more, said);
}

TEST_F(Limits, ShowNamesACommandThatRuns) {
  for (const char* learner : {"opt-pess-lp", "stepmix"})
    EXPECT_THAT(run_program({"show", learner}).out,
                HasSubstr(std::string("run courier --horizon 12 --budget damage=40% --algorithm ") + learner));
}

TEST_F(Limits, ModelsWithoutCostColumnsSaySo) {
  const Finished done = run_program({"run", "riverswim", "--horizon", "4", "--budget", "damage=1", "--algorithm",
                                     "opt-lp", "--out", out_, "--no-figures"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("riverswim@1: budget: the model has no cost column 'damage'; it has none at all"));
}

}  // namespace
}  // namespace bellwether::test
