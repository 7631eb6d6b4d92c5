// Limits on costs, uncertain rows, risk, hidden contexts and states.
#include <cmath>
#include <cstdio>
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

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(SolveWithBudgets, ReportsCostsMultipliersAndTheRandomisedPolicy) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const json answer = solve_json(file, {"--discount", "0.9", "--budget", "5"});
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_NEAR(answer["value"].get<double>(), 5.639024, 1e-6);
  EXPECT_NEAR(answer["costs"][0].get<double>(), 5, 1e-6);
  EXPECT_NEAR(answer["multipliers"][0].get<double>(), 0.712195, 1e-6);
  EXPECT_NEAR(answer["policy"][1][0].get<double>(), 0.657778, 1e-6);
  EXPECT_EQ(answer["violation"], 0);
  // The multiplier is the derivative of the value in the budget, and a name does as well as a place.
  const json more = solve_json(file, {"--discount", "0.9", "--budget", "fuel=5.01"});
  EXPECT_NEAR((more["value"].get<double>() - answer["value"].get<double>()) / 0.01, 0.712195, 1e-4);
  for (const char* algorithm : {"dual-bisection", "bundle", "reload"}) {
    const json other = solve_json(file, {"--discount", "0.9", "--budget", "5", "--algorithm", algorithm});
    EXPECT_LE(other["optimum"]["lower"].get<double>(), answer["optimum"]["upper"].get<double>()) << algorithm;
    EXPECT_GE(other["optimum"]["upper"].get<double>(), answer["optimum"]["lower"].get<double>()) << algorithm;
    EXPECT_EQ(other["optimum"]["value"], other["expected"]["value"]) << algorithm;
  }
}

TEST(SolveWithBudgets, SaysThatARewardIsNoCost) {
  const TemporaryFolder folder;
  const Finished done =
      run_program({"solve", folder.write("fuel.csv", kFuel), "--discount", "0.9", "--rewards", "fuel"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err,
              HasSubstr("'fuel' is a column of costs, and a reward is wanted; headed 'reward:fuel' it would"));
}

TEST(SolveWithBudgets, SaysWhatOneUnitLessIsWorthAtACorner) {
  const TemporaryFolder folder;
  const std::string file = folder.write("step.csv",
                                        "state,action,next,probability,reward,fuel\n"
                                        "0,a,1,1,5,1\n0,b,1,1,3,0.5\n0,c,1,1,0,0.25\n1,a,1,1,0,0\n");
  const auto solve = [&](const std::string& limit) {
    return run_program({"solve", file, "--horizon", "2", "--budget", limit}).out;
  };
  EXPECT_THAT(solve("0.5"), testing::ContainsRegex("fuel +0.5 +0.5(0*) +4  0.5 to 1\n  fuel: one unit less lowers the "
                                                   "value by 12\n"));
  EXPECT_THAT(solve("0.25"), testing::ContainsRegex(" 12  0.25 to 0.5\n  fuel: no policy keeps to less\n"));
  EXPECT_THAT(solve("0.75"), testing::Not(HasSubstr("one unit less")));
  const json answer = solve_json(file, {"--horizon", "2", "--budget", "0.5"});
  EXPECT_NEAR(answer["budgets"][0]["multiplier"].get<double>(), 4, 1e-9);
  EXPECT_NEAR(answer["budgets"][0]["multiplier_below"].get<double>(), 12, 1e-9);
}

TEST(SolveWithBudgets, SaysWhyNoPolicyWillDo) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const Finished done = run_program({"solve", file, "--discount", "0.9", "--budget", "0.2"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("no policy keeps to the limits: under every one fuel is at least 0.97826087"));
  EXPECT_THAT(done.out, HasSubstr("under the policy of the least violation, which is no solution"));
  EXPECT_THAT(done.out, testing::Not(HasSubstr("No policy keeps to the budget")));  // once is enough
  const json answer = solve_json(file, {"--discount", "0.9", "--budget", "0.2"}, 1);
  EXPECT_EQ(answer["status"], "infeasible");
  EXPECT_NEAR(answer["infeasibility"]["least_violation"]["value"].get<double>(), 0.778261, 1e-6);
}

TEST(SolveWithBudgets, ShowsOnlyNumbersThatWereComputed) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const json least = solve_json(file, {"--discount", "0.9", "--budget", "0.2"}, 1);
  EXPECT_TRUE(least["multipliers"][0].is_null());
  EXPECT_TRUE(least["optimum"]["value"].is_null());
  // At the least fuel there is no room to be safe in: what is sound is said from one side.
  const std::string tight = fmt::format("{}", least["infeasibility"]["least_mean"].get<double>());
  const json answer = solve_json(file, {"--discount", "0.9", "--budget", tight});
  EXPECT_TRUE(answer["optimum"]["value"].is_null());
  EXPECT_TRUE(answer["optimum"]["lower"].is_null());
  EXPECT_GT(answer["optimum"]["upper"].get<double>(), 0);
  EXPECT_THAT(run_program({"solve", file, "--discount", "0.9", "--budget", tight}).out,
              HasSubstr("no policy that keeps to every limit has a value above"));
  EXPECT_THAT(run_program({"solve", file, "--discount", "0.9", "--budget", tight, "--minimize"}).out,
              HasSubstr("no policy that keeps to every limit has a value below"));
  const std::vector<std::string> never_draws = {"--discount", "0.9", "--budget", "5", "--algorithm", "deterministic"};
  EXPECT_TRUE(solve_json(file, never_draws)["multipliers"][0].is_null());
}

TEST(SolveWithBudgets, SaysWhatAUnitIsWorthWhenLessIsBetter) {
  const TemporaryFolder folder;
  const std::string file = folder.write("mill.csv",
                                        "state,action,next,probability,reward,fuel\n"
                                        "0,slow,0,1,3,0\n0,fast,0,1,1,1\n");
  const Finished done = run_program({"solve", file, "--discount", "0.9", "--budget", "5", "--minimize"});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.out, testing::ContainsRegex("one more unit lowers the value by.*\n  fuel +5 +5(\\.0+)? +2 "));
}

TEST(SolveWithBudgets, RefusesNumbersBeyondArithmetic) {
  const TemporaryFolder folder;
  for (const char* row : {"1e308,1", "-1e308,1", "1,1e308", "1,-1e308"}) {
    const std::string file = folder.write(
        "huge.csv", fmt::format("state,action,next,probability,reward,fuel\n0,slow,0,1,1,1\n0,fast,0,1,{}\n", row));
    for (const std::vector<std::string>& how :
         {std::vector<std::string>{"--discount", "0.9"}, {"--horizon", "3"}, {"--criterion", "average"}}) {
      std::vector<std::string> arguments = {"solve", file, "--budget", "12"};
      arguments.insert(arguments.end(), how.begin(), how.end());
      const Finished done = run_program(arguments);
      EXPECT_EQ(done.code, 2) << row;
      EXPECT_THAT(done.err, HasSubstr("scale the column down")) << row;
    }
  }
}

// A billionth beyond the discounts that sweeps can live with; this used to run on for ever.
TEST(SolveWithBudgets, AnswersForPlaysWithoutEnd) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const Finished done =
      interrupt_program({.seconds = 60}, {"solve", file, "--discount", "0.99999999999", "--budget", "1.5"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("no policy keeps to the limits: under every one fuel is at least"));
}

TEST(SolveWithBudgets, RefusesLimitsThatDoNotFit) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel), plain = folder.write("plain.csv", kPuterman);
  const auto refused = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "solve");
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2);
    EXPECT_EQ(done.out, "");
    return done.err;
  };
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "1,2"}), HasSubstr("has 2 limits, but the model has 1"));
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "fule=1"}), HasSubstr("cost column is 'fuel'"));
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "much"}), HasSubstr("'much' is no limit"));
  EXPECT_THAT(refused({plain, "--discount", "0.9", "--budget", "1"}), HasSubstr("has no cost columns"));
  EXPECT_THAT(refused({file, "--criterion", "total", "--budget", "1"}), HasSubstr("--budget goes with"));
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "1", "--certify", "rational"}),
              HasSubstr("leave --budget out"));
}

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
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2) << done.out;
    return done.err;
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
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2) << done.out;
    return done.err;
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

// Leave, or lose 1 with probability .4 and win 2 otherwise.
constexpr const char* kGamble =
    "state,action,next,probability,reward\ncasino,leave,casino,1,0\n"
    "casino,bet,casino,0.4,-1\ncasino,bet,casino,0.6,2\n";

constexpr const char* kLottery =
    "state,action,next,probability,reward\n"
    "s,safe,end,1,1\ns,risky,end,0.9,3\ns,risky,end,0.1,-10\nend,stay,end,1,0\n";

// A bound is no value: where a grid decides, both are said, rounded outwards; where the play ends, the policy's own.
TEST(SolveForRisk, TellsBoundsOfADiscountedTailFromItsValue) {
  const TemporaryFolder folder;
  const std::string lottery = folder.write("lottery.csv", kLottery), gamble = folder.write("gamble.csv", kGamble);
  const std::vector<std::string> how = {"--discount", "0.9", "--risk", "tail-mean", "--level", "0.5"};
  const auto text = [&](const std::string& file) {
    std::vector<std::string> words = {"solve", file};
    words.insert(words.end(), how.begin(), how.end());
    return run_program(words).out;
  };
  EXPECT_THAT(text(lottery), HasSubstr("risk       1 is the mean of the worst 50 % of plays under the policy"));
  EXPECT_EQ(solve_json(lottery, how)["risk"]["value"], 1);
  EXPECT_EQ(solve_json(lottery, how)["law"]["returns"], json({1}));
  const json answer = solve_json(gamble, how);
  const std::string said = text(gamble);
  const std::size_t at = said.find("risk       between ");
  ASSERT_NE(at, std::string::npos) << said;
  double lower = 0, upper = 0;
  ASSERT_EQ(std::sscanf(said.c_str() + at, "risk       between %lf and %lf is", &lower, &upper), 2);
  EXPECT_LE(lower, answer["risk"]["lower"].get<double>());
  EXPECT_GE(upper, answer["risk"]["upper"].get<double>());
  EXPECT_NEAR(lower, answer["risk"]["lower"].get<double>(), 2e-3 * std::abs(lower));
  EXPECT_NEAR(upper, answer["risk"]["upper"].get<double>(), 2e-3 * std::abs(upper));
  EXPECT_THAT(said, HasSubstr("these bounds hold for the best policy, whatever it remembers, and for this one"));
}

TEST(SolveForRisk, DecidesQuantilesAtLevelsThatAreProbabilities) {
  const TemporaryFolder folder;
  const Finished done = run_program(
      {"solve", folder.write("lottery.csv", kLottery), "--horizon", "1", "--risk", "quantile", "--level", "0.1"});
  EXPECT_THAT(done.out, HasSubstr("status     converged"));
  EXPECT_THAT(done.out, HasSubstr("risk       1 is the 10 % quantile"));
  EXPECT_THAT(done.out, testing::ContainsRegex("at any[ \n]+level[ \n]+above[ \n]+it[ \n]+is[ \n]+3"));
}

TEST(SolveForRisk, PlansForTheTailOfTheReturn) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  const json answer = solve_json(file, {"--horizon", "3", "--risk", "tail-mean", "--level", "0.5"});
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_NEAR(answer["risk"]["value"].get<double>(), 0.592, 1e-9);
  EXPECT_EQ(answer["law"]["returns"], json({-3, 0, 2, 3}));
  EXPECT_EQ(answer["stock_policy"][1][2], json({{"state", 0}, {"earned", 2}, {"action", 0}}));  // ahead: leave
  const json quantile = solve_json(file, {"--horizon", "3", "--risk", "quantile", "--level", "0.25"});
  EXPECT_EQ(quantile["risk"]["value"], 1);
  const json spread = solve_json(file, {"--horizon", "3", "--risk", "mean-variance", "--weight", "0.1"});
  EXPECT_NEAR(spread["risk"]["value"].get<double>(), 1.752, 1e-9);
  const json entropic = solve_json(file, {"--horizon", "3", "--risk", "entropic", "--beta", "0.5"});
  EXPECT_NEAR(entropic["value"].get<double>(), -6 * std::log(0.4 * std::exp(0.5) + 0.6 * std::exp(-1)), 1e-9);
  const json forever = solve_json(file, {"--discount", "0.9", "--risk", "tail-mean", "--level", "0.5"});
  EXPECT_LE(forever["risk"]["lower"].get<double>(), forever["risk"]["upper"].get<double>());
  EXPECT_EQ(forever["stock_table"]["actions"].size(), forever["stock_table"]["points"].get<std::size_t>());
  const json nested = solve_json(file, {"--discount", "0.9", "--risk", "nested-tail-mean", "--level", "0.9"});
  EXPECT_NEAR(nested["value"].get<double>(), (0.4 * -1 + 0.5 * 2) / 0.9 / 0.1, 1e-5);
}

TEST(SolveForRisk, NamesTheGridThatMeetsTheTolerance) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  const auto setting = [&](std::vector<std::string> arguments, const std::string& name) {
    arguments.insert(arguments.begin(),
                     {"solve", file, "--risk", "tail-mean", "--level", "0.5", "--tolerance", "0.02"});
    const std::string out = run_program(arguments).out, sign = " --set " + name + "=";
    EXPECT_THAT(out, HasSubstr("limited by the grid of earnings"));
    const std::size_t at = out.find(sign, out.find("next: "));
    EXPECT_EQ(out.find(sign, at + 1), std::string::npos) << "in the place of the old one: " << out;
    return at == std::string::npos ? "no hint" : out.substr(at + 7, out.find('\n', at) - at - 7);
  };
  const auto met = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--risk", "tail-mean", "--level", "0.5", "--tolerance", "0.02"});
    return solve_json(file, std::move(arguments))["status"] == "converged";
  };
  EXPECT_TRUE(met({"--discount", "0.9", "--set", setting({"--discount", "0.9"}, "points")}));
  EXPECT_TRUE(met({"--discount", "0.9", "--set", setting({"--discount", "0.9", "--set", "points=99"}, "points")}));
  EXPECT_TRUE(met({"--horizon", "5", "--set", setting({"--horizon", "5", "--set", "grid=0.3"}, "grid")}));
}

TEST(SolveForRisk, SaysThatALevelIsTooSmallForArithmetic) {
  const TemporaryFolder folder;
  const Finished done = run_program(
      {"solve", folder.write("gamble.csv", kGamble), "--discount", "0.9", "--risk", "tail-mean", "--level", "1e-310"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("level is 1e-310: what so few plays earn, divided by it, exceeds the range"));
}

TEST(SolveForRisk, PlansForATargetAndAUtility) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  // At least 1 in three gambles: bet once, leave when it was won; else a loss is made good by one win of two.
  const json answer = solve_json(file, {"--horizon", "3", "--risk", "target", "--target", "1"});
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_NEAR(answer["risk"]["value"].get<double>(), 0.6 + 0.4 * 0.6, 1e-12);
  EXPECT_NEAR(answer["risk"]["upper"].get<double>(), 0.84, 1e-12);
  EXPECT_EQ(answer["risk"]["parameter"], 1);
  EXPECT_NEAR(solve_json(file, {"--horizon", "3", "--risk", "target", "--target", "4"})["risk"]["value"].get<double>(),
              0.36, 1e-12);  // two wins, before or after nothing
  const json cost = solve_json(file, {"--horizon", "3", "--risk", "target", "--target", "-3", "--minimize"});
  EXPECT_NEAR(cost["risk"]["value"].get<double>(), 0.064, 1e-12);
  const Finished text = run_program({"solve", file, "--horizon", "3", "--risk", "target", "--target", "1"});
  EXPECT_THAT(text.out, HasSubstr("0.84 is the probability of earning at least 1 under the policy"));
  EXPECT_THAT(text.out, HasSubstr("counts as"));

  // What is short of 2 hurts three times as much as what is above helps: u(0) = 0, u(2) = 3, u(3) = 3.5.
  const std::string utility = folder.write("u.csv", "return,utility\n0,0\n2,3\n4,4\n");
  const json liked = solve_json(file, {"--horizon", "1", "--risk", "utility", "--utility", utility});
  EXPECT_NEAR(liked["risk"]["value"].get<double>(), 0.6 * 3 - 0.4 * 1.5, 1e-12);
  EXPECT_LE(liked["gap"].get<double>(), 1e-9);
  // As a loss of the cost: leaving costs 0; the bet, -1.5 and 3.
  const json loss = solve_json(file, {"--horizon", "1", "--risk", "utility", "--utility", utility, "--minimize"});
  EXPECT_NEAR(loss["risk"]["value"].get<double>(), 0, 1e-12);
}

TEST(SolveForRisk, RefusesWhatIsNoUtility) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  const auto refused = [&](const std::string& text) {
    const std::string utility = folder.write("u.csv", text);
    const Finished done = run_program({"solve", file, "--horizon", "3", "--risk", "utility", "--utility", utility});
    EXPECT_EQ(done.code, 2) << done.out;
    return done.err;
  };
  EXPECT_THAT(refused("return,utility\n0,1\n"), HasSubstr("u.csv: a utility needs two lines"));
  EXPECT_THAT(refused("return,utility\n0,1\n0,2\n"), HasSubstr("u.csv:3: the return 0 must be above"));
  EXPECT_THAT(refused("return,utility\n0,1\nx,2\n"), HasSubstr("u.csv:3: 'x,2', expected return,utility"));
  EXPECT_THAT(refused("0 1\n"), HasSubstr("u.csv:1: '0 1', expected"));
  EXPECT_THAT(refused("0,nan\n1,1\n"), HasSubstr("u.csv:1: '0,nan', expected"));
  EXPECT_THAT(refused("0,-1e308\n1e-3,1e308\n"), HasSubstr("u.csv:2: the utility rises too steeply"));
}

TEST(SolveForRisk, RefusesWhatDoesNotGoTogether) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"solve", file});
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2) << done.out;
    return done.err;
  };
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "tail-mean"}), HasSubstr("needs --level"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "target"}), HasSubstr("needs --target"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "target", "--target", "inf"}), HasSubstr("--target is 'inf'"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "target", "--target", "1", "--level", ".5"}),
              HasSubstr("--level does not go with --risk target"));
  EXPECT_THAT(refused({"--discount", "0.9", "--risk", "target", "--target", "1"}), HasSubstr("give --horizon H"));
  EXPECT_THAT(refused({"--horizon", "3", "--target", "1"}), HasSubstr("--target goes with --risk"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "utility"}), HasSubstr("needs --utility FILE"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "utility", "--utility", folder.path("none.csv")}),
              HasSubstr("none.csv: cannot be opened"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "target", "--target", "1", "-o", folder.path("x.csv")}),
              HasSubstr("save it as .json"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "tailmean"}), HasSubstr("did you mean 'tail-mean'?"));
  EXPECT_THAT(refused({"--horizon", "3", "--level", ".5"}), HasSubstr("--level goes with --risk"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "entropic", "--beta", "1", "--level", ".5"}),
              HasSubstr("--level does not go with --risk entropic"));
  EXPECT_THAT(refused({"--discount", "0.9", "--risk", "quantile", "--level", ".5"}), HasSubstr("give --horizon H"));
  EXPECT_THAT(refused({"--criterion", "average", "--risk", "quantile", "--level", ".5"}),
              HasSubstr("--risk goes with"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "tail-mean", "--level", ".5", "-o", folder.path("x.csv")}),
              HasSubstr("save it as .json"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "tail-mean", "--level", ".5", "--algorithm", "value-iteration"}),
              HasSubstr("leave --algorithm out"));
  EXPECT_THAT(refused({"--horizon", "3", "--risk", "tail-mean", "--level", ".5", "--robust", "l1", "--radius", "1"}),
              HasSubstr("goes neither with"));
}

// In each context the other of two actions pays in state 1.
constexpr const char* kContexts =
    "context,state,action,next,probability,reward\n"
    "0,0,0,0,0.5,0\n0,0,0,1,0.5,0\n0,0,1,1,1,0.2\n0,1,0,0,1,1\n0,1,1,1,1,0\n"
    "1,0,0,0,0.9,0\n1,0,0,1,0.1,0\n1,0,1,1,1,0.2\n1,1,0,1,1,0\n1,1,1,0,1,1\n";

TEST(SolveHidden, PlansForAContextThatIsNotSeen) {
  const TemporaryFolder folder;
  const std::string file = folder.write("contexts.csv", kContexts);
  // Go to state 1 (.2), try action 0; where it led tells the context. Four stages: .2 + 1/2 (1 + .2 + 1) + 1/2 (0 + 1 +
  // .2).
  const json answer = solve_json(file, {"--horizon", "4"});
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_NEAR(answer["value"].get<double>(), 1.9, 1e-9);
  EXPECT_NEAR(answer["with_more_seen"]["known"].get<double>(), 2.4, 1e-9);
  EXPECT_EQ(answer["controller"]["nodes"][0]["action"], 1);
  const json likely = solve_json(file, {"--horizon", "4", "--weights", "0.9,0.1"});
  EXPECT_NEAR(likely["value"].get<double>(), 0.2 + 0.9 * 2.2 + 0.1 * 1.2, 1e-9);
  const json seen = solve_json(file, {"--horizon", "4", "--rewards-observed"});
  EXPECT_NEAR(seen["value"].get<double>(), 1.9, 1e-9);  // the way there told as much
  const json search = solve_json(file, {"--horizon", "4", "--algorithm", "hsvi"});
  EXPECT_NEAR(search["value"].get<double>(), 1.9, 1e-6);
}

TEST(SolveHidden, SaysWhatToDoAboutAWideInterval) {
  const TemporaryFolder folder;
  const std::string file = folder.write("contexts.csv", kContexts);
  const auto said = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"solve", file, "--horizon", "40"};
    words.insert(words.end(), more.begin(), more.end());
    const Finished done = run_program(words);
    EXPECT_EQ(done.code, 0) << done.err;
    return done.out;
  };
  const std::string cut = said({"--algorithm", "belief-tree", "--set", "most_beliefs=3"});
  EXPECT_THAT(cut, HasSubstr("limited by the number of beliefs looked at; the bounds hold"));
  EXPECT_THAT(cut,
              ContainsRegex("undecided  the interval is [0-9.e+-]+ wide and should be 1.0e-06: hsvi searches where"));
  EXPECT_THAT(cut, ContainsRegex("next: .* solve .*contexts.csv --horizon 40 --algorithm hsvi\n"));
  const std::string tiger = folder.path("tiger.POMDP");
  ASSERT_EQ(run_program({"make", "tiger", "-o", tiger}).code, 0);
  const std::string few =
      run_program({"solve", tiger, "--horizon", "20", "--algorithm", "hsvi", "--set", "most_trials=1"}).out;
  EXPECT_THAT(few, HasSubstr("should be 1.0e-06: more trials narrow the interval"));
  EXPECT_THAT(few, ContainsRegex("next: .* --horizon 20 --algorithm hsvi --set most_trials=10\n"));
  EXPECT_THAT(said({}), Not(HasSubstr("undecided")));
}

TEST(SolveHidden, FindsTheTiger) {
  const TemporaryFolder folder;
  const std::string file = folder.write(
      "tiger.POMDP",
      "discount: 0.95\nvalues: reward\nstates: tiger-left tiger-right\nactions: listen open-left open-right\n"
      "observations: hear-left hear-right\nstart: uniform\nT: listen\nidentity\nT: open-left\nuniform\n"
      "T: open-right\nuniform\nO: listen\n0.85 0.15\n0.15 0.85\nO: open-left\nuniform\nO: open-right\nuniform\n"
      "R: listen : * : * : * -1\nR: open-left : tiger-left : * : * -100\nR: open-left : tiger-right : * : * 10\n"
      "R: open-right : tiger-left : * : * 10\nR: open-right : tiger-right : * : * -100\n");
  const json answer = solve_json(file, {"--tolerance", "1e-2"});
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_LE(answer["optimum"]["lower"].get<double>(), 19.3718);
  EXPECT_GE(answer["optimum"]["upper"].get<double>(), 19.3713);
  EXPECT_EQ(answer["controller"]["nodes"][0]["action"], 0);
  EXPECT_TRUE(answer["controller"]["nodes"][0]["next"].contains("hear-left"));
}

TEST(SolveHidden, RefusesWhatDoesNotGoTogether) {
  const TemporaryFolder folder;
  const std::string file = folder.write("contexts.csv", kContexts), plain = folder.write("plain.csv", kPuterman);
  const auto refused = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "solve");
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2) << done.out;
    return done.err;
  };
  EXPECT_THAT(refused({file, "--horizon", "4", "--weights", "1"}),
              HasSubstr("has 1 weight, but the file has 2 contexts"));
  EXPECT_THAT(refused({file, "--horizon", "4", "--weights", "1,x"}), HasSubstr("'x' is no weight"));
  EXPECT_THAT(refused({plain, "--discount", "0.9", "--weights", "1"}), HasSubstr("goes with a latent model"));
  EXPECT_THAT(refused({file, "--criterion", "average"}), HasSubstr("--horizon H or --discount G"));
  EXPECT_THAT(refused({file, "--horizon", "4", "-o", folder.path("x.csv")}), HasSubstr("save it as .json"));
  EXPECT_THAT(refused({file, "--horizon", "4", "--robust", "l1", "--radius", "1"}),
              HasSubstr("fully seen and certain"));
  EXPECT_THAT(refused({file, "--horizon", "4", "--budget", "1"}), HasSubstr("hides which of its contexts is played"));
  const std::string tiger = folder.path("tiger.POMDP");
  ASSERT_EQ(run_program({"make", "tiger", "-o", tiger}).code, 0);
  EXPECT_THAT(refused({tiger, "--horizon", "4", "--budget", "1"}), HasSubstr("hides them behind observations"));
  EXPECT_THAT(refused({file, "--horizon", "4", "--certify", "rational"}), HasSubstr("fully seen"));
}

}  // namespace
}  // namespace bellwether::test
