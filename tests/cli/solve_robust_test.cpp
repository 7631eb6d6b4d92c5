// `solve` with uncertain rows.
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/refusal.h"
#include "tests/cli/run_program.h"
#include "tests/cli/solve_json.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

TEST(SolveRobust, GuaranteesLessTheFurtherNatureMayGo) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const json plain = solve_json(file, {"--discount", "0.9"});
  EXPECT_FALSE(plain.contains("choice_list"));  // nothing goes by choice
  for (const char* kind : {"l1", "tv", "linf", "l2", "kl", "chi2", "wasserstein", "contamination"}) {
    double last = plain["value"].get<double>();
    for (const char* radius : {"0", "0.1", "0.3"}) {
      const json answer = solve_json(file, {"--discount", "0.9", "--robust", kind, "--radius", radius});
      EXPECT_EQ(answer["status"], "converged") << kind;
      EXPECT_LE(answer["value"].get<double>(), last + 1e-5) << kind << ' ' << radius;
      last = answer["value"].get<double>();
      EXPECT_EQ(answer["worst_case"].size(), 4U);
      EXPECT_EQ(answer["choice_list"].size(), 4U);
      EXPECT_LE(answer["value"].get<double>(), answer["nominal_value"].get<double>() + 1e-5);
    }
    const json kind_best =
        solve_json(file, {"--discount", "0.9", "--robust", kind, "--radius", "0.3", "--nature", "best"});
    EXPECT_GT(kind_best["value"].get<double>(), plain["value"].get<double>()) << kind;
  }
  // Total variation is half of L1.
  EXPECT_NEAR(solve_json(file, {"--discount", "0.9", "--robust", "tv", "--radius", "0.1"})["value"].get<double>(),
              solve_json(file, {"--discount", "0.9", "--robust", "l1", "--radius", "0.2"})["value"].get<double>(),
              1e-5);
  // Radius .2 in L1 moves a tenth from the better state to the worse: nature's rows, by hand.
  const json answer = solve_json(file, {"--discount", "0.9", "--robust", "l1", "--radius", "0.2"});
  EXPECT_EQ(answer["policy"], json({1, 0}));
  EXPECT_NEAR(answer["worst_case"][1]["probability"][1].get<double>(), 0.8, 1e-12);
  EXPECT_NEAR(answer["worst_case"][2]["probability"][1].get<double>(), 0.1, 1e-12);
}

TEST(SolveRobust, LetsNaturePay) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv",
                                        "state,action,next,probability,reward\ncoin,toss,won,0.5,0\n"
                                        "coin,toss,lost,0.5,0\nwon,stay,won,1,1\nlost,stay,lost,1,0\n");
  // The toss is worth half of -log((exp(-2) + 1) / 2), the entropic mean of 2 and 0.
  const json answer = solve_json(
      file, {"--discount", "0.5", "--robust", "kl", "--penalty", "1", "--algorithm", "partial-policy-iteration"});
  const double q = 1 / (1 + std::exp(2)), paid = q * std::log(2 * q) + (1 - q) * std::log(2 * (1 - q));
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_NEAR(answer["values"][0].get<double>(), -0.5 * std::log((std::exp(-2) + 1) / 2), 1e-6);
  EXPECT_NEAR(answer["worst_case"][0]["probability"][0].get<double>(), q, 1e-6);
  EXPECT_NEAR(answer["worst_case"][0]["payment"].get<double>(), 0.5 * paid, 1e-6);
  for (const char* kind : {"l1", "tv", "kl", "chi2"}) {
    double last = -1;
    for (const char* price : {"0.01", "0.5", "100"}) {
      const json at = solve_json(file, {"--discount", "0.5", "--robust", kind, "--penalty", price});
      EXPECT_GE(at["value"].get<double>(), last - 1e-5) << kind << ' ' << price;
      last = at["value"].get<double>();
    }
  }
  const json ended = solve_json(file, {"--discount", "0.5", "--criterion", "discounted", "--robust", "tv", "--penalty",
                                       "0.01", "--support", "all", "--initial", "won"});
  EXPECT_LT(ended["value"].get<double>(), 1.1) << "nature may leave the winner's state";
}

TEST(SolveRobust, TakesTheIntervalsOfAFile) {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.tra",
                                        "# Transitions (IMDP)\n3 4 6\n0 0 1 [0.3,0.5] a\n0 0 2 [0.5,0.7] a\n"
                                        "0 1 1 [0.2,0.9] b\n0 1 2 [0.1,0.8] b\n1 0 1 [1,1] c\n2 0 2 [1,1] c\n");
  folder.write("m.lab", "0=\"init\" 1=\"deadlock\" 2=\"won\"\n0: 0\n2: 2\n");
  EXPECT_NEAR(solve_json(file, {"--reach", "won"})["value"].get<double>(), 0.5, 1e-6);
  EXPECT_NEAR(solve_json(file, {"--reach", "won", "--nature", "best"})["value"].get<double>(), 0.8, 1e-6);
  EXPECT_NEAR(solve_json(file, {"--reach", "won", "--minimize"})["value"].get<double>(), 0.7, 1e-6);
}

TEST(SolveRobust, KeepsWhatHasEndedWhereNatureMaySendItAnywhere) {
  const TemporaryFolder folder;
  const std::string file = folder.write("named.csv", kNamed);
  const json answer = solve_json(file, {"--discount", "0.9", "--criterion", "discounted", "--goal", "goal", "--robust",
                                        "tv", "--radius", "0.2", "--support", "all"});
  // The goal is left by no nature, so it is worth nothing more; elsewhere a fifth of the mass may go anywhere.
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_EQ(answer["values"][1], 0);
}

TEST(SolveRobust, RefusesWhatDoesNotGoTogether) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"solve", file});
    return refusal(arguments);
  };
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "l1"}), HasSubstr("needs --radius R"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "l3", "--radius", "1"}), HasSubstr("--robust is 'l3'"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "l1", "--radius", "-1"}), HasSubstr("--radius is '-1'"));
  for (const char* odd : {"inf", "nan"})
    EXPECT_THAT(refused({"--discount", "0.9", "--robust", "l1", "--radius", odd}), HasSubstr("must be finite and at"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "contamination", "--radius", "1.5"}),
              HasSubstr("--radius is '1.5', must be in [0, 1]"));
  EXPECT_THAT(refused({"--discount", "0.9", "--radius", "1"}), HasSubstr("goes with --robust"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "kl"}), HasSubstr("or --penalty X"));
  EXPECT_THAT(refused({"--discount", "0.9", "--penalty", "1"}), HasSubstr("goes with --robust"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "l2", "--penalty", "1"}), HasSubstr("not with l2"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "kl", "--penalty", "0"}), HasSubstr("--penalty is '0'"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "kl", "--penalty", "1", "--radius", "1"}),
              HasSubstr("exclude each other"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "kl", "--penalty", "1", "--rectangular", "s"}),
              HasSubstr("--rectangular sa"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "interval"}), HasSubstr("lower and upper probabilities"));
  EXPECT_THAT(refused({"--criterion", "average", "--robust", "l1", "--radius", ".1"}),
              HasSubstr("criterion average; there are some for discounted, finite, total and reach"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "l1", "--radius", ".1", "--budget", "3"}),
              HasSubstr("leave --budget or --robust out"));
  EXPECT_THAT(
      refused({"--discount", "0.9", "--robust", "tv", "--radius", ".1", "--rectangular", "s", "--certify", "rational"}),
      HasSubstr("leave --robust out"));
}

// The distances of weighted L1 and other rows come from files.
TEST(SolveRobust, ReadsWeightsAndScenarios) {
  const TemporaryFolder folder;
  const std::string rows = "state,action,next,probability,reward\nhome,walk,home,";
  const std::string rest = ",0\nshop,rest,shop,1,1\n";
  const std::string file = folder.write("a.csv", rows + "0.5,0\nhome,walk,shop,0.5" + rest);
  const auto value = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--discount", "0.5"});
    return solve_json(file, arguments)["lower"][0].get<double>();
  };
  // V(shop) = 2, V(home) = .5 (p 2 + (1 - p) V(home)) = 2 p / (1 + p) for the probability p of the shop.
  const auto at = [](double p) { return 2 * p / (1 + p); };
  const std::string weights = folder.write("w.csv", "state,weight\nshop,3\n");
  EXPECT_NEAR(value({"--robust", "weighted-l1", "--radius", "0.4", "--state-weights", weights}), at(0.4), 1e-6);
  EXPECT_NEAR(value({"--robust", "l1", "--radius", "0.4"}), at(0.3), 1e-6);
  const std::string b = folder.write("b.csv", rows + "0.8,0\nhome,walk,shop,0.2" + rest),
                    c = folder.write("c.csv", rows + "0.3,0\nhome,walk,shop,0.7" + rest);
  EXPECT_NEAR(value({"--robust", "scenarios", "--scenario", b, "--scenario", c}), at(0.2), 1e-6);
  EXPECT_NEAR(value({"--robust", "scenarios", "--scenario", c}), at(0.5), 1e-6);  // the file's own rows count
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"solve", file, "--discount", "0.5", "--robust"});
    return refusal(arguments);
  };
  EXPECT_THAT(refused({"weighted-l1", "--radius", "1"}), HasSubstr("needs --state-weights FILE"));
  EXPECT_THAT(refused({"l1", "--radius", "1", "--state-weights", weights}),
              HasSubstr("goes with --robust weighted-l1"));
  EXPECT_THAT(refused({"scenarios"}), HasSubstr("needs --scenario FILE"));
  EXPECT_THAT(refused({"scenarios", "--scenario", b, "--radius", "1"}), HasSubstr("--radius does not go with scen"));
  const std::string zero = folder.write("z.csv", "shop,1\nhome,0\n"), twice = folder.write("t.csv", "shop,1\nshop,2\n");
  EXPECT_THAT(refused({"weighted-l1", "--radius", "1", "--state-weights", zero}),
              HasSubstr("z.csv:2: the weight of state 'home' is '0', must be a number, above 0"));
  EXPECT_THAT(refused({"weighted-l1", "--radius", "1", "--state-weights", twice}), HasSubstr("t.csv:2: state 'shop'"));
  const std::string other = folder.write("o.csv", rows + "1" + rest + "shop,go,shop,1,1\n"),
                    leap = folder.write("l.csv", rows + "0.5,0\nhome,walk,shop,0.5,0\nshop,rest,home,1,1\n");
  EXPECT_THAT(refused({"scenarios", "--scenario", other}), HasSubstr("o.csv: the actions of state shop are not"));
  EXPECT_THAT(refused({"scenarios", "--scenario", leap}),
              HasSubstr("l.csv: state shop moves by action rest to state home, which the model does not list"));
}

// Names of cells have a comma.
TEST(SolveRobust, ReadsWeightsOfStatesWhoseNamesHaveCommas) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.csv",
                                        "state,action,next,probability,reward\n"
                                        "\"0,0\",go,\"0,0\",0.5,0\n\"0,0\",go,\"0,1\",0.5,0\n\"0,1\",go,\"0,1\",1,1\n"),
                    weights = folder.write("w.csv", "state,weight\n\"0,1\",3\n");
  const json answer =
      solve_json(file, {"--discount", "0.5", "--robust", "weighted-l1", "--radius", "0.4", "--state-weights", weights});
  EXPECT_NEAR(answer["lower"][0].get<double>(), 0.8 / 1.4, 1e-6);
}

// A lower bound of 0 leaves open what can be reached; the place is that of the file.
TEST(SolveRobust, SaysWhichIntervalLeavesTheGraphOpen) {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.tra", "3 3 4\n0 0 1 [0.1,0.6] a\n0 0 2 [0,0.9] a\n1 0 1 1\n2 0 2 1\n");
  folder.write("m.lab", "0=\"init\" 1=\"done\"\n0: 0\n1: 1\n");
  const Finished done = run_program({"solve", file, "--reach", "done"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("m.tra:3: from state 0 by action a to state 2 the lower bound is 0"));
  EXPECT_EQ(run_program({"solve", file, "--discount", "0.9"}).code, 0);
}

// What nature pays for a row counts with the discount: X KL a step later.
TEST(SolveRobust, CountsPaymentsAStepLater) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("a.csv", "state,action,next,probability,reward\n0,0,0,0.5,0\n0,0,1,0.5,0\n1,0,1,1,1\n");
  const json answer = solve_json(file, {"--discount", "0.5", "--robust", "kl", "--penalty", "0.7"});
  const json& row = answer["worst_case"][0];
  double kl = 0;
  for (const json& q : row["probability"]) kl += q.get<double>() * std::log(q.get<double>() / 0.5);
  EXPECT_GT(kl, 0.01);
  EXPECT_NEAR(row["payment"].get<double>(), 0.5 * 0.7 * kl, 1e-9);
  EXPECT_THAT(run_program({"solve", "--help"}).out, HasSubstr("a step later"));
}

}  // namespace
}  // namespace bellwether::test
