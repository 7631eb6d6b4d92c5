// Sets from samples, and models of which one is true for the whole play.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/cli/solve_json.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

/// The one line that a refused command prints.
std::string refused(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "solve");
  const Finished done = run_program(arguments);
  EXPECT_EQ(done.code, 2) << done.out;
  EXPECT_EQ(done.out, "");
  return done.err;
}

// The shop pays 1 a step; n is how often each way there was tried.
constexpr const char* kWays =
    "#! label shop shop\nstate,action,next,probability,reward,n,tries\n"
    "home,walk,home,0.5,0,400,400\nhome,walk,shop,0.5,0,400,400\n"
    "home,ride,home,0.4,0,50,50\nhome,ride,shop,0.6,0,50,40\nshop,rest,shop,1,1,3,3\n";

/// V(shop) = 2 and V(home) = .5 (p 2 + (1 - p) V(home)), p being the probability of the shop.
double worth(double p) { return 2 * p / (1 + p); }

TEST(SolveFromSamples, TakesARadiusOfItsOwnForEveryRow) {
  const TemporaryFolder folder;
  const std::string file = folder.write("ways.csv", kWays);
  const json answer = solve_json(file, {"--discount", "0.5", "--robust", "l1", "--samples", "n"});
  // By hand: two rows have two outcomes and share the 5 %; (2^2 - 2) rows / delta.
  const auto radius = [](double n, double rows, double delta) { return std::sqrt(2 / n * std::log(2 * rows / delta)); };
  const double walk = 0.5 - radius(400, 2, 0.05) / 2, ride = 0.6 - radius(50, 2, 0.05) / 2;
  EXPECT_NEAR(answer["radii"][0].get<double>(), radius(400, 2, 0.05), 1e-12);
  EXPECT_NEAR(answer["radii"][1].get<double>(), radius(50, 2, 0.05), 1e-12);
  EXPECT_EQ(answer["radii"][2], 0);
  EXPECT_EQ(answer["choice_list"].size(), answer["radii"].size());
  EXPECT_EQ(answer["confidence"], 0.95);
  EXPECT_GT(walk, ride) << "the way that is known better is the safer one";
  EXPECT_NEAR(answer["value"].get<double>(), worth(walk), 1e-6);
  EXPECT_EQ(answer["policy"][0], 0);
  // One number for all: the same as that radius typed, in every norm.
  const auto value = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--discount", "0.5", "--robust"});
    return solve_json(file, arguments)["value"].get<double>();
  };
  EXPECT_NEAR(value({"l1", "--samples", "200", "--confidence", "0.9"}), worth(0.6 - radius(200, 2, 0.1) / 2), 1e-6);
  EXPECT_NEAR(value({"tv", "--samples", "200"}), worth(0.6 - radius(200, 2, 0.05) / 2), 1e-6);
  EXPECT_NEAR(value({"linf", "--samples", "200"}), worth(0.6 - std::sqrt(std::log(2 * 2 * 2 / 0.05) / 400)), 1e-6);
  // Anywhere: all three rows have two outcomes, the shop too.
  const json all = solve_json(file, {"--discount", "0.5", "--robust", "l1", "--samples", "n", "--support", "all"});
  EXPECT_NEAR(all["radii"][2].get<double>(), radius(3, 3, 0.05), 1e-12);
  EXPECT_LT(all["value"].get<double>(), answer["value"].get<double>());
}

TEST(SolveFromSamples, SaysWhatIsGuaranteed) {
  const TemporaryFolder folder;
  const std::string file = folder.write("ways.csv", kWays);
  const auto printed = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"solve", file, "--discount", "0.5", "--robust", "l1"});
    std::string text = run_program(arguments).out;
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
    return text;
  };
  EXPECT_THAT(printed({"--samples", "n", "--confidence", "0.9"}),
              HasSubstr("with probability 90 % over the samples (their numbers fixed beforehand) every true row lies "
                        "in its set, if nothing can happen "
                        "that the file does not list (else: --support all); radii from 0.1358 to 0.3841"));
  EXPECT_THAT(printed({"--samples", "100", "--support", "all"}),
              HasSubstr("with probability 95 % over the samples (their numbers fixed beforehand) every true row lies "
                        "in its set; radius 0.3094"));
  const std::string once = folder.write("once.csv",
                                        "state,action,next,probability,reward,n\nhome,walk,home,0.5,0,0\n"
                                        "home,walk,shop,0.5,0,0\nshop,rest,shop,1,1,0\n");
  const Finished done = run_program({"solve", once, "--discount", "0.5", "--robust", "l1", "--samples", "n"});
  EXPECT_THAT(done.out, HasSubstr("1 choice never"));
  EXPECT_NEAR(solve_json(once, {"--discount", "0.5", "--robust", "tv", "--samples", "n"})["value"].get<double>(), 0,
              1e-6);
}

TEST(SolveFromSamples, TakesAPriorForCredibleRegions) {
  const TemporaryFolder folder;
  const std::string file = folder.write("ways.csv", kWays);
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--discount", "0.5", "--robust"});
    return solve_json(file, arguments);
  };
  const json l1 = with({"l1", "--samples", "n", "--credible", "0.95"});
  const json theorem = with({"l1", "--samples", "n"});
  for (const int c : {0, 1}) EXPECT_LT(l1["radii"][c].get<double>(), theorem["radii"][c].get<double>());
  EXPECT_EQ(l1["radii"][2], 0);
  EXPECT_EQ(l1["confidence"], 0.95);
  EXPECT_EQ(l1["prior"], 1);
  const double radius = l1["radii"][0];
  // The same draws in another norm: the coin's distance of total variation is half that of L1.
  EXPECT_NEAR(with({"tv", "--samples", "n", "--credible", "0.95"})["radii"][0].get<double>(), radius / 2, 1e-12);
  EXPECT_GT(with({"kl", "--samples", "n", "--credible", "0.99"})["radii"][0].get<double>(),
            with({"kl", "--samples", "n", "--credible", "0.9"})["radii"][0].get<double>());
  const Finished done = run_program({"solve", file, "--discount", "0.5", "--robust", "chi2", "--samples", "n",
                                     "--credible", "0.9", "--prior", "0.5"});
  EXPECT_THAT(done.out, HasSubstr("given the samples and a Dirichlet prior (0.5 for each successor)"));
  EXPECT_EQ(done.code, 0);
}

// Fifty million draws for each of two rows, which the signal finds at work.
TEST(SolveFromSamples, StopsDrawingOnASignal) {
  const TemporaryFolder folder;
  const std::string file = folder.write("ways.csv", kWays), saved = folder.path("answer.json");
  for (const int signal : {SIGINT, SIGTERM}) {
    const Finished done =
        interrupt_program({.signal = signal}, {"solve", file, "--discount", "0.5", "--robust", "l1", "--samples", "n",
                                               "--credible", "0.999998", "--json", "-o", saved});
    EXPECT_EQ(done.code, 1);
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(done.err, "bellwether: stopped before the sets were drawn\n");
    EXPECT_FALSE(std::filesystem::exists(saved));
  }
}

TEST(SolveFromSamples, KnowsThatWhatHasEndedStaysEnded) {
  const TemporaryFolder folder;
  const std::string file = folder.write("ways.csv", kWays);
  const json answer = solve_json(file, {"--discount", "0.5", "--criterion", "discounted", "--reach", "shop", "--robust",
                                        "l1", "--samples", "n", "--support", "all"});
  EXPECT_EQ(answer["radii"][2], 0);
  const double radius = std::sqrt(2.0 / 400 * std::log(2 * 2 / 0.05));  // the two ways alone share the 5 %
  EXPECT_NEAR(answer["radii"][0].get<double>(), radius, 1e-12);
}

TEST(SolveFromSamples, RefusesWhatAreNoSamples) {
  const TemporaryFolder folder;
  const std::string file = folder.write("ways.csv", kWays);
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {file, "--discount", "0.5"});
    return refused(arguments);
  };
  EXPECT_THAT(with({"--robust", "l1", "--samples", "tires"}),
              HasSubstr("--samples is 'tires', but the model's columns are 'n' and 'tries'; did you mean 'tries'?"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "tries"}),
              HasSubstr("the column 'tries' has 50 and 40 for state home, action ride"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "0"}), HasSubstr("--samples is '0', must be"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "-3"}), HasSubstr("--samples is '-3', must be"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "1.5"}), HasSubstr("--samples is '1.5'"));
  EXPECT_THAT(with({"--robust", "kl", "--samples", "n"}), HasSubstr("goes with --robust l1, tv and linf"));
  EXPECT_THAT(with({"--robust", "scenarios", "--scenario", file, "--samples", "n"}), HasSubstr("not with scenarios"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "n", "--radius", "1"}), HasSubstr("--radius exclude each other"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "n", "--penalty", "1"}), HasSubstr("--penalty exclude each other"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "n", "--rectangular", "s"}), HasSubstr("--rectangular sa"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "n", "--confidence", "1"}), HasSubstr("--confidence is '1'"));
  EXPECT_THAT(with({"--robust", "l1", "--radius", "1", "--confidence", "0.9"}), HasSubstr("goes with --samples"));
  EXPECT_THAT(with({"--robust", "l1", "--radius", "1", "--prior", "2"}), HasSubstr("--prior goes with --samples"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "n", "--prior", "2"}), HasSubstr("goes with --credible P"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "n", "--credible", "0.9", "--confidence", "0.9"}),
              HasSubstr("exclude each other"));
  EXPECT_THAT(with({"--robust", "wasserstein", "--samples", "n", "--credible", "0.9"}), HasSubstr("not with wasser"));
  EXPECT_THAT(with({"--robust", "kl", "--samples", "n"}), HasSubstr("--credible P gives it a Bayesian radius"));
  EXPECT_THAT(with({"--robust", "l1", "--samples", "n", "--support", "all", "--credible", "0.9"}),
              HasSubstr("--support successors"));
  EXPECT_THAT(with({"--samples", "n"}), HasSubstr("goes with --robust KIND"));
  EXPECT_THAT(with({"--robust", "l1"}), HasSubstr("or --samples N"));
  const std::string rows = "state,action,next,probability,reward";
  EXPECT_THAT(refused({folder.write("none.csv", rows + "\n0,0,0,1,1\n"), "--discount", "0.5", "--robust", "l1",
                       "--samples", "n"}),
              HasSubstr("the file has none beside the reward"));
  for (const char* odd : {"-2", "2.5"})
    EXPECT_THAT(refused({folder.write("odd.csv", rows + ",n\na,go,a,1,1," + odd + "\n"), "--discount", "0.5",
                         "--robust", "l1", "--samples", "n"}),
                HasSubstr(fmt::format(
                    "the column 'n' has {}, which is no whole number of at least 0, for state a, action go", odd)));
}

// In one model left is the way, in the other right; waiting is for the undecided.
std::string two_doors(double left, double right, double wait) {
  return fmt::format(
      "state,action,next,probability,reward,fee\nhall,left,end,1,{},1\nhall,right,end,1,{},1\nhall,wait,end,1,{},0\n"
      "end,stay,end,1,0,0\n",
      left, right, wait);
}

TEST(SolveStatic, PlansForTheWorstOfWholeModels) {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.csv", two_doors(3, 1, 1.5)), b = folder.write("b.csv", two_doors(0, 2, 1.5)),
                    c = folder.write("c.csv", two_doors(1, 1.25, 0.5));
  const json two = solve_json(a, {"--discount", "0.9", "--robust", "static", "--scenario", b});
  // Left is worth 0 at worst, right 1, waiting 1.5; b allows 2 at most, and a coin between left and right 1.5 too.
  EXPECT_EQ(two["policy"][0], 2);
  EXPECT_NEAR(two["value"].get<double>(), 1.5, 1e-9);
  EXPECT_NEAR(two["static"]["lower"].get<double>(), 1.5, 1e-9);
  EXPECT_NEAR(two["static"]["upper"].get<double>(), 2, 1e-6);
  EXPECT_NEAR(two["gap"].get<double>(), 0.5, 1e-6);
  EXPECT_EQ(two["status"], "budget_exhausted");
  const json three = solve_json(a, {"--discount", "0.9", "--robust", "static", "--scenario", b, "--scenario", c});
  EXPECT_EQ(three["policy"][0], 1) << "at least 1 everywhere";
  EXPECT_NEAR(three["value"].get<double>(), 1, 1e-9);
  EXPECT_NEAR(three["static"]["upper"].get<double>(), 1.25, 1e-6);
  EXPECT_EQ(three["static"]["models"].size(), 3U);
  EXPECT_EQ(three["static"]["models"][1]["file"], b);
  EXPECT_NEAR(three["static"]["models"][1]["value"].get<double>(), 2, 1e-9);
  EXPECT_NEAR(three["static"]["models"][0]["optimum_upper"].get<double>(), 3, 1e-6);
  const json paid =
      solve_json(a, {"--discount", "0.9", "--robust", "static", "--scenario", b, "--minimize", "--tolerance", "1e-8"});
  EXPECT_NEAR(paid["value"].get<double>(), 1.5, 1e-9);  // left costs 3 at most, right 2, waiting 1.5
  EXPECT_NEAR(paid["static"]["lower"].get<double>(), 1, 1e-6);
}

// Nature that must choose once can do less than nature that chooses at every step.
TEST(SolveStatic, PromisesMoreThanScenariosRowByRow) {
  const TemporaryFolder folder;
  const auto chain = [](double first, double second) {
    return fmt::format(
        "state,action,next,probability,reward\na,go,b,{},0\na,go,lost,{},0\nb,go,won,{},0\nb,go,lost,{},0\n"
        "won,go,won,1,1\nlost,go,lost,1,0\n",
        first, 1 - first, second, 1 - second);
  };
  const std::string file = folder.write("a.csv", chain(0.5, 1)), other = folder.write("b.csv", chain(0.8, 0.25));
  // The second file names its impossible move with probability 0, which a row need not list.
  const std::string same = folder.write("c.csv", chain(0.5, 0.5));
  const json whole = solve_json(same, {"--discount", "0.5", "--robust", "static", "--scenario", other});
  const json rows = solve_json(same, {"--discount", "0.5", "--robust", "scenarios", "--scenario", other});
  // In two steps to 2 discounted by a quarter: .5 * .5 against .8 * .25; row by row nature takes .5 and .25.
  EXPECT_NEAR(whole["values"][0].get<double>(), 0.5 * 0.2, 1e-9);
  EXPECT_EQ(whole["status"], "converged");
  EXPECT_NEAR(rows["values"][0].get<double>(), 0.5 * 0.125, 1e-6);
  // Moves may differ between whole models.
  const json wide = solve_json(file, {"--discount", "0.5", "--robust", "static", "--scenario", other});
  EXPECT_NEAR(wide["values"][0].get<double>(), 0.5 * 0.2, 1e-9);
}

TEST(SolveStatic, TreatsEveryModelAlike) {
  const TemporaryFolder folder;
  const std::string label = "#! label end end\n";
  const std::string a = folder.write("a.csv", label + two_doors(3, 1, 1.5)),
                    b = folder.write("b.csv", two_doors(0, 2, 1.5));
  const json answer = solve_json(a, {"--discount", "0.9", "--criterion", "discounted", "--goal", "end", "--robust",
                                     "static", "--scenario", b, "--initial", "end"});
  EXPECT_EQ(answer["value"], 0);
  const std::string csv = folder.path("policy.csv");
  ASSERT_EQ(run_program({"solve", a, "--discount", "0.9", "--robust", "static", "--scenario", b, "-o", csv}).code, 0);
  const Finished text = run_program({"solve", a, "--discount", "0.9", "--robust", "static", "--scenario", b});
  EXPECT_THAT(text.out, HasSubstr("one of 2 models for the whole play"));
  EXPECT_THAT(text.out, HasSubstr("guarantees more than 2"));
  EXPECT_THAT(text.out, testing::ContainsRegex("b.csv +1.5 +2"));
}

TEST(SolveStatic, RefusesWhatDoesNotFit) {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.csv", two_doors(3, 1, 1.5)), b = folder.write("b.csv", two_doors(0, 2, 1.5));
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), a);
    return refused(arguments);
  };
  const std::vector<std::string> same = {"--discount", "0.9", "--robust", "static"};
  const auto also = [&](std::vector<std::string> more) {
    more.insert(more.begin(), same.begin(), same.end());
    return with(more);
  };
  EXPECT_THAT(also({}), HasSubstr("needs --scenario FILE"));
  EXPECT_THAT(also({"--scenario", folder.path("none.csv")}), HasSubstr("none.csv"));
  EXPECT_THAT(also({"--scenario", b, "--radius", "1"}), HasSubstr("--radius does not go with --robust static"));
  EXPECT_THAT(also({"--scenario", b, "--samples", "3"}), HasSubstr("--samples does not go with --robust static"));
  EXPECT_THAT(also({"--scenario", b, "--algorithm", "value-iteration"}), HasSubstr("leave --algorithm out"));
  EXPECT_THAT(also({"--scenario", b, "--set", "x=1"}), HasSubstr("no options to --set"));
  EXPECT_THAT(with({"--horizon", "3", "--robust", "static", "--scenario", b}),
              HasSubstr("planned for with --discount G, not with the criterion finite"));
  const std::string names = folder.write("names.csv",
                                         "state,action,next,probability,reward\nhall,left,end,1,1\nhall,up,end,1,1\n"
                                         "hall,wait,end,1,0\nend,stay,end,1,0\n");
  EXPECT_THAT(also({"--scenario", names}),
              HasSubstr("names.csv: the actions of state hall are not those of the model"));
  const std::string staged = folder.write(
      "staged.csv", "stage,state,action,next,probability,reward\n0,hall,left,hall,1,1\n1,hall,left,hall,1,1\n");
  EXPECT_THAT(also({"--scenario", staged}), HasSubstr("staged.csv: a scenario is one plain model"));
}

TEST(SolveWasserstein, TakesCostsBetweenStatesFromAFile) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("walk.csv",
                   "state,action,next,probability,reward\na,go,a,0.2,0\na,go,b,0.3,0\na,go,c,0.5,0\n"
                   "b,go,c,0.6,1\nb,go,a,0.4,1\nc,go,c,0.7,3\nc,go,a,0.3,3\n");
  const auto value = [&](const std::string& cost, const char* radius) {
    return solve_json(file, {"--discount", "0.9", "--robust", "wasserstein", "--radius", radius, "--ground-cost",
                             cost})["value"]
        .get<double>();
  };
  const std::string line = folder.write("line.csv", "# by place\n0,1,2\n1,0,1\n2, 1 ,0\n"),
                    twice = folder.write("twice.csv", "0,2,2\n2,0,2\n2,2,0\n"),
                    lopsided = folder.write("lopsided.csv", "0,9,9\n9,0,9\n1,1,0\n");
  EXPECT_NEAR(value(line, "0.3"), value("index", "0.3"), 1e-9);
  EXPECT_NEAR(value(twice, "0.3"), value("discrete", "0.15"), 1e-6);
  EXPECT_GT(std::abs(value("index", "0.3") - value("discrete", "0.3")), 1e-3);
  EXPECT_NEAR(value(lopsided, "0.2"), value("discrete", "0.2"), 1e-6) << "mass that hurts leaves c, for 1";
  const auto with = [&](const std::string& cost) {
    return refused({file, "--discount", "0.9", "--robust", "wasserstein", "--radius", "1", "--ground-cost", cost});
  };
  EXPECT_THAT(with("indx"),
              HasSubstr("must be index, discrete or a CSV file of costs between states; did you mean 'index'?"));
  EXPECT_THAT(with(folder.write("m.csv", "0,1,2\n1,0\n2,1,0\n")),
              HasSubstr("m.csv:2: state b has 2 costs, must have 3"));
  EXPECT_THAT(with(folder.write("m.csv", "0,1,2\n1,0,-1\n2,1,0\n")),
              HasSubstr("m.csv:2: the cost from state b to state c is '-1', must be a number of at least 0"));
  EXPECT_THAT(with(folder.write("m.csv", "0,1,x\n1,0,1\n2,1,0\n")),
              HasSubstr("m.csv:1: the cost from state a to state c"));
  EXPECT_THAT(with(folder.write("m.csv", "1,1,2\n1,0,1\n2,1,0\n")),
              HasSubstr("from state a to itself is 1, must be 0"));
  EXPECT_THAT(with(folder.write("m.csv", "0,1,2\n1,0,1\n")), HasSubstr("m.csv: has 2 lines, must have 3"));
  EXPECT_THAT(with(folder.write("m.csv", "0,1,2\n1,0,1\n2,1,0\n2,1,0\n")), HasSubstr("m.csv:4: there are more lines"));
  EXPECT_THAT(refused({file, "--discount", "0.9", "--robust", "l1", "--radius", "1", "--ground-cost", line}),
              HasSubstr("goes with --robust wasserstein"));
}

}  // namespace
}  // namespace bellwether::test
