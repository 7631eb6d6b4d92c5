// `run`: learners on instances, their tables and figures.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/refusal.h"
#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Run : public testing::Test {
 protected:
  std::vector<std::string> swim(std::vector<std::string> more) {
    std::vector<std::string> words{"run",           "riverswim", "--horizon", "10",          "--algorithm",
                                   "psrl,ucbvi-bf", "--out",     out_,        "--no-figures"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// Nothing while there is no table.
  std::string runs() const {
    const std::string table = out_ + "/runs.csv";
    return std::filesystem::exists(table) ? read_file(table) : "";
  }

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
  EXPECT_THAT(read_file(out_ + "/report.html"), AllOf(HasSubstr("<!doctype html>"), HasSubstr("ucbvi-bf (theory)")));
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

TEST_F(Run, KeepsInstancesOfOtherSettingsApart) {
  const auto arms = [&](const std::string& means) {
    return run_program({"run", "bernoulli-arms:means=" + means, "-a", "ucb1", "--rounds", "50", "--seeds", "2",
                        "--no-figures", "--plot", "p.gp"},
                       folder_.path(""));
  };
  const Finished two = arms("0.9/0.1"), three = arms("0.6/0.5/0.4");
  ASSERT_EQ(two.code + three.code, 0) << two.err << three.err;
  EXPECT_THAT(two.out, AllOf(HasSubstr("bernoulli-arms@1 (means 0.9/0.1)\n"),
                             HasSubstr("runs/bernoulli-arms-means-0.9-0.1/runs.csv")));
  EXPECT_THAT(three.out, HasSubstr("bernoulli-arms@1 (means 0.6/0.5/0.4)\n"));
  EXPECT_THAT(read_file(folder_.path("runs/bernoulli-arms-means-0.9-0.1/runs.csv")),
              AllOf(HasSubstr("instance,learner,constant,means,seed,"),
                    HasSubstr("\nbernoulli-arms@1,ucb1,theory,0.9/0.1,0,")));
  EXPECT_THAT(read_file(folder_.path("p.gp")), HasSubstr("bernoulli-arms@1 (means 0.6/0.5/0.4)"));
}

TEST_F(Run, SaysWhatItReplaces) {
  ASSERT_EQ(run_program(swim({"--episodes", "20", "--seeds", "1"})).code, 0);
  EXPECT_EQ(run_program(swim({"--episodes", "20", "--seeds", "2"})).err, "") << "the same plan goes on";
  EXPECT_EQ(run_program(swim({"--episodes", "20", "--seeds", "1", "--algorithm", "uniform"})).err, "") << "one more";
  const Finished longer = run_program(swim({"--episodes", "30", "--seeds", "1"}));
  EXPECT_THAT(longer.err, AllOf(HasSubstr("will be replaced"), HasSubstr("--algorithm uniform`"), HasSubstr(out_)));
  EXPECT_THAT(run_program({"run", "riverswim", "--horizon", "9", "--algorithm", "psrl,ucbvi-bf", "--episodes", "30",
                           "--seeds", "1", "--out", out_, "--no-figures"})
                  .err,
              HasSubstr("will be replaced"));
}

TEST_F(Run, StopsOnCtrlCAndGoesOn) {
  auto words = swim({"--episodes", "15000", "--seeds", "16", "--threads", "1"});
  const Finished stopped = interrupt_program({.seconds = 0.4}, words);  // of more than a second
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.err, HasSubstr("the same command goes on from there"));
  EXPECT_FALSE(std::filesystem::exists(out_ + "/runs.csv")) << "no table of half a grid";
  words.back() = "2";
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
    const Finished run = interrupt_program({.signal = SIGKILL, .seconds = after}, words);
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

TEST_F(Run, RefusesAPlaceForTheFigureBeforeItPlays) {
  std::filesystem::create_directory(folder_.path("folder.png"));
  for (const std::string& place :
       {folder_.path("nosuch/p.png"), folder_.path("nosuch/p.gp"), folder_.path("folder.png")})
    expect_refused(swim({"--episodes", "20", "--seeds", "1", "--plot", place}), place + ": cannot be written");
  expect_refused(swim({"--episodes", "1", "--seeds", "1", "--plot", folder_.path("p.gp")}), "nothing to draw");
  EXPECT_FALSE(std::filesystem::exists(out_)) << "nothing was played";
}

TEST_F(Run, DrawsIntoTheFolderThatItMakes) {
  const Finished done = run_program(swim({"--episodes", "20", "--seeds", "1", "--plot", out_ + "/p.gp"}));
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(read_file(out_ + "/p.gp"), HasSubstr("cumulative regret"));
}

TEST_F(Run, RefusesAPlaceForTablesBeforeItPlays) {
  std::filesystem::create_directories(out_ + "/report.html");
  expect_refused(swim({"--episodes", "20", "--seeds", "1"}), "report.html: cannot be written");
  EXPECT_FALSE(std::filesystem::exists(out_ + "/cells.bwstore")) << "nothing was played";
}

TEST_F(Run, SaysThatAFigureThatWasAskedForWasNotDrawn) {
  const std::string path = folder_.path("p.gp");
  const Finished done =
      run_program({"run", "riverswim", "--horizon", "5", "--algorithm", "psrl", "--metric", "violations", "--episodes",
                   "20", "--seeds", "1", "--out", out_, "--no-figures", "--plot", path});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("nothing was drawn: no learner here has numbers for 'violations'"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(Run, DrawsWhenLearnersStop) {
  const std::string path = folder_.path("p.gp");
  const Finished done =
      run_program({"run", "riverswim:states=3", "--horizon", "2", "--algorithm", "rf-ucrl,bpi-ucbvi", "--epsilon",
                   "1.5", "--episodes", "5000", "--seeds", "2", "--out", out_, "--no-figures", "--plot", path});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(read_file(path), AllOf(HasSubstr("share of the runs that have stopped"),
                                     HasSubstr("episodes until it stops"), HasSubstr("bpi-ucbvi (theory)")));
}

TEST_F(Run, LabelsASweepByWhatItShows) {
  const std::string path = folder_.path("p.gp");
  // One checkpoint a run: there are no learning curves, so the sweep is the first figure.
  const Finished done = run_program({"run", "generative-gadget:copies=1,2,4", "--algorithm", "empirical-qvi",
                                     "--samples", "1", "--seeds", "3", "--out", out_, "--no-figures", "--plot", path});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(read_file(path),
              AllOf(HasSubstr("set ylabel 'largest error of Q after 1 samples of each choice'"),
                    HasSubstr("set title 'generative-gadget@1, against copies'"), Not(HasSubstr("regret"))));
}

TEST_F(Run, LabelsSampleSizesByWhatTheyAreOf) {
  const Finished done =
      run_program({"run", "generative-gadget:discount=0.6,0.8", "--algorithm", "empirical-qvi", "--samples", "3000",
                   "--seeds", "4", "--epsilon", "0.2", "--out", out_, "--no-figures"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("samples of each choice until the mean largest error of Q stays below 0.2"));
  EXPECT_THAT(read_file(out_ + "/report.html"),
              AllOf(HasSubstr("<h1>generative-gadget@1</h1>"), HasSubstr("3,000 samples of each choice")));
}

TEST_F(Run, ReportSaysNothingTwice) {
  auto words = swim({"--episodes", "40", "--seeds", "2"});
  std::erase(words, "--no-figures");
  const Finished done = run_program(words);
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string page = read_file(out_ + "/report.html");
  EXPECT_THAT(page, AllOf(HasSubstr("<h1>riverswim@1 (horizon 10)</h1>"), Not(HasSubstr("<caption>riverswim@1"))));
  if (done.err.find("gnuplot is not installed") == std::string::npos) {
    EXPECT_THAT(page, AllOf(HasSubstr("<img alt=\"riverswim@1 (horizon 10)\""),
                            HasSubstr("<figcaption>cumulative regret (exact values) against episodes</figcaption>")));
  }
}

TEST_F(Run, PlaysCostsAsNegativeRewards) {
  constexpr const char* kHead = "state,action,next,probability,reward\n";
  const TemporaryFolder costs, rewards;
  costs.write("m.csv", std::string("#! minimize\n") + kHead + "0,a,1,1,2\n0,b,0,1,3\n1,a,0,1,1\n1,b,1,1,4\n");
  rewards.write("m.csv", std::string(kHead) + "0,a,1,1,-2\n0,b,0,1,-3\n1,a,0,1,-1\n1,b,1,1,-4\n");
  const std::vector<std::string> words{"run",         "m.csv:horizon=5", "--algorithm", "psrl,ucbvi-bf", "--episodes",
                                       "60",          "--seeds",         "2",           "--out",         "r",
                                       "--no-figures"};
  for (const auto* folder : {&costs, &rewards}) {
    const Finished done = run_program(words, folder->path(""));
    ASSERT_EQ(done.code, 0) << done.err;
  }
  const std::string table = read_file(costs.path("r/runs.csv"));
  EXPECT_THAT(table, HasSubstr("value-regret"));
  EXPECT_EQ(table, read_file(rewards.path("r/runs.csv")));
  EXPECT_THAT(run_program({"show", "m.csv", "--horizon", "5"}, costs.path("")).out,
              AllOf(HasSubstr("least cost"), HasSubstr("are costs, to be minimised")));
}

TEST_F(Run, SaysTheWayOnwardFromAModelThatIsNotPlain) {
  const std::string file =
      folder_.write("c.csv", "context,state,action,next,probability,reward\n0,0,0,0,1,1\n1,0,0,0,1,0\n");
  expect_refused({"run", file, "--algorithm", "psrl", "--horizon", "5", "--out", out_},
                 "this one has contexts; `solve` with --horizon or --discount plans for it");
}

TEST_F(Run, NamesTheLineOfAPlan) {
  const std::string plan = folder_.write("plan.toml",
                                         "episodes = 40\nlearners = [\"psrl\"]\ninstances = [\n"
                                         "  {file = \"missing.csv\", horizon = 10},\n]\n");
  expect_refused({"run", plan, "--out", out_}, "plan.toml:4: " + folder_.path("missing.csv") + ": no such file");
}

TEST_F(Run, SaysWhichNumbersAreTooLarge) {
  expect_refused(swim({"--episodes", "1e30"}), "option --episodes is '1e30', must be at most 9,007,199,254,740,992");
  expect_refused(swim({"--episodes", "1.5"}), "option --episodes is '1.5', must be a whole number");
  expect_refused(swim({"--episodes", "9e15", "--seeds", "1000"}), "more than can be counted");
  expect_refused(swim({"--seeds", "1e6", "--set", "alpha0=1,2,3,4,5,6,7,8,9,10"}), "more than 1e+07");
  expect_refused({"run", "riverswim", "--algorithm", "psrl", "--horizon", "1e12"}, "from 1 to 1,000,000,000");
  expect_refused({"run", "riverswim", "--algorithm", "psrl", "--horizon", "1e9"},
                 "which end at a horizon of 178,956,970");
}

TEST_F(Run, SaysWhichOptionIsWrong) {
  expect_refused({"run", "riverswim", "--algorithm", "empirical-qvi", "--discount", "0"},
                 "discount is 0, and empirical-qvi needs one above 0 and below 1");
  expect_refused(swim({"--set", "alpha=1"}), "option --set alpha: nothing here has a setting 'alpha'");
  expect_refused({"run", "riverswim", "--horizon", "5", "--algorithm", "psrl,"}, "names with commas between");
  const Finished unknown = run_program(swim({"--bogus", "3"}));
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("unknown option --bogus"), Not(HasSubstr("did you mean"))));
  EXPECT_THAT(run_program(swim({"--episode", "3"})).err, HasSubstr("did you mean --episodes?"));
}

TEST_F(Run, SaysWhatIsWrong) {
  expect_refused({"run"}, "run: what?");
  expect_refused({"run", "riverswim", "--horizon", "10"}, "which learners?");
  expect_refused({"run", "riverswin", "--algorithm", "psrl", "--horizon", "5"}, "riverswim");
  expect_refused({"run", "riverswim", "--algorithm", "pslr", "--horizon", "5"}, "psrl");
  expect_refused({"run", "riverswim", "--algorithm", "psrl"}, "psrl plays episodes; give --horizon H");
  expect_refused({"run", "maze", "--algorithm", "q-learning"}, "q-learning needs one; give --discount G");
  expect_refused({"run", "riverswim", "--algorithm", "ucbvi", "--horizon", "5"},
                 "did you mean 'ucbvi-ch' or 'ucbvi-bf'?");
  expect_refused({"show", "ucbvi"}, "did you mean 'ucbvi-ch' or 'ucbvi-bf'?");
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
  const std::string before = read_file(store);
  const Finished done = run_program(swim({"--episodes", "50", "--seeds", "1"}));
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr(store.filename().string()));
  EXPECT_EQ(read_file(store), before);
}

TEST(DiscountedRun, PlaysEpisodesThatEndByChance) {
  const TemporaryFolder folder;
  const std::vector<std::string> words{
      "run",        "riverswim:states=5", "--discount",  "0.9", "--algorithm", "ravi-ucb",
      "--constant", "theory,practical",   "--episodes",  "50",  "--seeds",     "2",
      "--out",      folder.path("out"),   "--no-figures"};
  const Finished done = run_program(words);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("ravi-ucb (theory)"), HasSubstr("ravi-ucb (practical 0.1)"), HasSubstr("value-regret"),
                    HasSubstr("episodes with a broken bonus"), HasSubstr("4 runs computed, 0 found from before")));
  EXPECT_THAT(run_program(words).out, HasSubstr("0 runs computed, 4 found from before"));
  const auto refused = [](std::vector<std::string> more, const char* message) {
    std::vector<std::string> all{"run", "maze", "--algorithm"};
    all.insert(all.end(), more.begin(), more.end());
    expect_refused(all, message);
  };
  refused({"ravi-ucb"}, "has no discount of its own, and ravi-ucb needs one; give --discount G");
  refused({"ravi-ucb", "--discount", "0.9", "--steps", "100"}, "plays a discounted model; set episodes");
  refused({"ravi-ucb:knowledge=mixture", "--discount", "0.9", "--out", folder.path("none")},
          "this model brings no kernels");
  refused({"ravi-ucb:knowledge=hearsay", "--discount", "0.9"}, "one of counts, mixture and model");
  refused({"ravi-ucb,empirical-qvi", "--discount", "0.9"}, "nothing compares them");
}

}  // namespace
}  // namespace bellwether::test
