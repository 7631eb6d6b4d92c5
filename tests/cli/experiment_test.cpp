#include <filesystem>
#include <fstream>
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

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void expect_refused(const std::vector<std::string>& arguments, const std::string& said) {
  const Finished done = run_program(arguments);
  EXPECT_EQ(done.code, 2) << done.err;
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr(said));
}

class Run : public testing::Test {
 protected:
  std::vector<std::string> swim(std::vector<std::string> more) {
    std::vector<std::string> words{"run",           "riverswim", "--horizon", "10",          "--algorithm",
                                   "psrl,ucbvi-bf", "--out",     out_,        "--no-figures"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string runs() const { return content(out_ + "/runs.csv"); }

  TemporaryFolder folder_;
  std::string out_ = folder_.path("results");
};

TEST_F(Run, TellsTheFinalRegretAndKeepsEverything) {
  const Finished done = run_program(swim({"--episodes", "200", "--seeds", "3"}));
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("psrl"), HasSubstr("ucbvi-bf (theory)"), HasSubstr("value-regret"),
                              HasSubstr("6 runs computed, 0 found from before"), HasSubstr("--seeds 20")));
  for (const char* name : {"runs.csv", "summary.csv", "manifest.json", "report.html"})
    EXPECT_THAT(done.out, HasSubstr(name));
  EXPECT_THAT(content(out_ + "/report.html"), AllOf(HasSubstr("<!doctype html>"), HasSubstr("ucbvi-bf (theory)")));
}

TEST_F(Run, GoesOnWithMoreSeedsAndTheSameBits) {
  ASSERT_EQ(run_program(swim({"--episodes", "200", "--seeds", "2"})).code, 0);
  const Finished more = run_program(swim({"--episodes", "200", "--seeds", "4", "--threads", "2"}));
  EXPECT_THAT(more.out, HasSubstr("4 runs computed, 4 found from before"));
  const std::string grown = runs();
  const Finished fresh = run_program(swim({"--episodes", "200", "--seeds", "4", "--threads", "1", "--fresh"}));
  EXPECT_THAT(fresh.out, HasSubstr("8 runs computed"));
  EXPECT_EQ(runs(), grown);
}

TEST_F(Run, StopsOnCtrlCAndGoesOn) {
  const auto words = swim({"--episodes", "30000", "--seeds", "16"});
  const Finished stopped = run_program(words, ".", 0.6);
  if (stopped.code == 0) GTEST_SKIP() << "this machine was done before the signal";
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.err, HasSubstr("the same command goes on from there"));
  EXPECT_FALSE(std::filesystem::exists(out_ + "/runs.csv")) << "no table of half a grid";
  ASSERT_EQ(run_program(words).code, 0);
  const std::string resumed = runs();
  std::filesystem::remove_all(out_);
  ASSERT_EQ(run_program(words).code, 0);
  EXPECT_EQ(runs(), resumed);
}

TEST_F(Run, SurvivesBeingKilledAgainAndAgain) {
  const auto words = swim({"--episodes", "10000", "--seeds", "12"});
  std::vector<std::string> left;  // by killed runs
  // Later and later, so that the last try comes to its end whatever the machine.
  for (double after = 0.05;; after *= 1.3) {
    const Finished run = run_program(words, ".", after, SIGKILL);
    if (run.code == 0) break;
    ASSERT_EQ(run.code, 128 + SIGKILL) << run.err;
    left.push_back(runs());
  }
  ASSERT_FALSE(left.empty());
  const std::string resumed = runs();
  std::filesystem::remove_all(out_);
  ASSERT_EQ(run_program(words).code, 0);
  EXPECT_EQ(runs(), resumed);
  EXPECT_THAT(left, testing::Each(testing::AnyOf("", resumed))) << "no table of half a grid";
}

TEST_F(Run, SweepsASetting) {
  const Finished done = run_program({"run", "riverswim:states=6,8:horizon=10", "--algorithm", "ucbvi-ch", "--constant",
                                     "theory,0.01", "--episodes", "50", "--seeds", "2", "--out", out_, "--no-figures"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(runs(), AllOf(HasSubstr("states"), HasSubstr("theory"), HasSubstr("0.01")));
}

TEST_F(Run, ReadsAPlan) {
  const std::string plan = folder_.write("plan.toml",
                                         "title = \"Two learners\"\nepisodes = 40\nseeds = 2\n"
                                         "instances = [{name = \"riverswim@1\", horizon = 10}]\n"
                                         "learners = [\"psrl\", {name = \"ucbvi-bf\", constant = \"practical\"}]\n");
  const Finished done = run_program({"run", plan, "--out", out_, "--no-figures"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("ucbvi-bf (practical"));
}

TEST_F(Run, PlaysTheLongRun) {
  const Finished done = run_program(
      {"run", "riverswim", "--algorithm", "ucrl2", "--steps", "2000", "--seeds", "2", "--out", out_, "--no-figures"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("ucrl2 (theory)"), HasSubstr("steps")));
}

TEST_F(Run, SaysWhatIsWrong) {
  expect_refused({"run"}, "run: what?");
  expect_refused({"run", "riverswim", "--horizon", "10"}, "which learners?");
  expect_refused({"run", "riverswin", "--algorithm", "psrl", "--horizon", "5"}, "riverswim");
  expect_refused({"run", "riverswim", "--algorithm", "pslr", "--horizon", "5"}, "psrl");
  expect_refused({"run", "riverswim", "--algorithm", "psrl"}, "horizon");
  expect_refused({"run", "riverswim", "--algorithm", "psrl", "--horizon", "5", "--plot", "x.bmp"}, ".svg, .png");
  expect_refused({"run", "riverswim", "--algorithm", "psrl", "--horizon", "5", "--window", "9:3"}, "FROM < TO");
  expect_refused({"run", "riverswim", "--algorithm", "ucbvi-bf", "--horizon", "5", "--constant", "large"}, "constant");
}

TEST_F(Run, LeavesAForeignStoreAlone) {
  ASSERT_EQ(run_program(swim({"--episodes", "50", "--seeds", "1"})).code, 0);
  std::filesystem::path store;
  for (const auto& entry : std::filesystem::directory_iterator(out_))
    if (entry.path().extension() != ".csv" && entry.path().extension() != ".json" &&
        entry.path().extension() != ".html" && entry.file_size() > 0)
      store = entry.path();
  ASSERT_FALSE(store.empty());
  std::ofstream(store) << "something else entirely, and long enough to look like a store of somebody";
  const std::string before = content(store);
  const Finished done = run_program(swim({"--episodes", "50", "--seeds", "1"}));
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr(store.filename().string()));
  EXPECT_EQ(content(store), before);
}

TEST(Check, MeasuresThePaperThatIsNamed) {
  const Finished done = run_program({"check", "finite-horizon"});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("regret-is-gaps"), HasSubstr("holds"), HasSubstr("caught"),
                              HasSubstr("1 of 1 claims hold")));
  EXPECT_THAT(done.out, Not(HasSubstr("ucbvi")));
  EXPECT_THAT(run_program({"check", "finite-horizon", "--explain"}).out, HasSubstr("wrong on purpose"));
}

TEST(Check, SaysWhatWasProbablyMeant) { expect_refused({"check", "finite-horizn"}, "did you mean 'finite-horizon'?"); }

TEST(Show, TellsFactsOfAnInstance) {
  const Finished done = run_program({"show", "riverswim@1", "--horizon", "20", "--matrix"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("3.39726"), HasSubstr("0.42862"), HasSubstr("6.3103"), HasSubstr("14.722"),
                              HasSubstr("content hash"), HasSubstr("goes to")));
  expect_refused({"show", "riverswim@7"}, "riverswim@1");
  expect_refused({"show", "riverswm"}, "did you mean 'riverswim'?");
}

TEST(Show, TellsTheSettingsOfALearner) {
  const Finished done = run_program({"show", "ucbvi-bf"});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.out, AllOf(HasSubstr("Azar"), HasSubstr("constant=theory"), HasSubstr("delta=0.05")));
}

TEST(Reproduce, KnowsItsPapers) {
  expect_refused({"reproduce"}, "which paper?");
  expect_refused({"reproduce", "tabular-regre"}, "did you mean 'tabular-regret'?");
}

TEST(List, NamesWhatThereIs) {
  EXPECT_THAT(run_program({"list", "learners"}).out, AllOf(HasSubstr("ucbvi-bf"), HasSubstr("ucrl2")));
  EXPECT_THAT(run_program({"list", "claims"}).out, HasSubstr("bellman-contraction"));
  EXPECT_THAT(run_program({"list", "papers"}).out, HasSubstr("tabular-regret"));
  EXPECT_THAT(run_program({"list", "experiments"}).out, HasSubstr("tabular-regret/riverswim"));
}

}  // namespace
}  // namespace bellwether::test
