#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Puterman's two-state example: V* = (-60/7, -20) at discount 19/20, playing the first action in both states.
constexpr const char* kPuterman =
    "state,action,next,probability,reward\n"
    "0,0,0,0.5,5\n0,0,1,0.5,5\n0,1,1,1,10\n1,0,1,1,-1\n";

// From `start` the risky action reaches the goal with probability 3/4, the safe one needs two steps.
constexpr const char* kNamed =
    "#! label goal goal\nstate,action,next,probability,reward,fuel\n"
    "start,risky,goal,0.75,1,2\nstart,risky,lost,0.25,0,2\nstart,safe,half,1,0,1\nhalf,safe,goal,1,0.5,1\n"
    "goal,stay,goal,1,0,0\nlost,stay,lost,1,0,0\n";

json solve_json(const std::string& file, std::vector<std::string> arguments, int expected_code = 0) {
  arguments.insert(arguments.begin(), {"solve", file, "--json"});
  const Finished done = run_program(arguments);
  EXPECT_EQ(done.code, expected_code) << done.err;
  return json::parse(done.out);
}

TEST(Solve, PrintsOneJsonObjectWithEveryKeyOfTheSpecification) {
  const TemporaryFolder folder;
  const json answer = solve_json(folder.write("p.csv", kPuterman), {"--discount", "0.95"});
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_EQ(answer["criterion"], "discounted");
  EXPECT_EQ(answer["discount"], 0.95);
  EXPECT_EQ(answer["states"], 2);
  EXPECT_EQ(answer["choices"], 3);
  EXPECT_EQ(answer["transitions"], 4);
  EXPECT_NEAR(answer["value"].get<double>(), -60.0 / 7, 1e-6);
  EXPECT_NEAR(answer["values"][1].get<double>(), -20, 1e-6);
  EXPECT_EQ(answer["policy"], json({0, 0}));
  EXPECT_LE(answer["gap"].get<double>(), 1e-6);
  EXPECT_LE(answer["lower"][0].get<double>(), -60.0 / 7);
  EXPECT_GE(answer["upper"][0].get<double>(), -60.0 / 7);
  EXPECT_TRUE(answer.contains("iterations"));
  EXPECT_TRUE(answer["seconds"].contains("load"));
  EXPECT_TRUE(answer["seconds"].contains("solve"));
}

TEST(Solve, ProvesTheExpectedRewardThatTheFileStates) {
  const TemporaryFolder folder;
  const std::string file = folder.write("stated.csv",
                                        "#! expected reward 0 0 7\nstate,action,next,probability,reward\n"
                                        "0,0,0,0.5,1\n0,0,1,0.5,3\n1,0,1,1,0\n");
  const json answer = solve_json(file, {"--discount", "0.5", "--certify", "rational"});
  EXPECT_EQ(answer["exact"]["value"], "28/3");
}

// Two states in which the action that pays burns fuel.
constexpr const char* kFuel =
    "state,action,next,probability,reward,fuel\n"
    "0,0,0,0.9,0,0\n0,0,1,0.1,0,0\n0,1,0,0.1,0.2,0.1\n0,1,1,0.9,0.2,0.1\n"
    "1,0,0,0.8,1,1\n1,0,1,0.2,1,1\n1,1,0,0.3,0.6,0.5\n1,1,1,0.7,0.6,0.5\n";

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
  }
}

TEST(SolveWithBudgets, SaysWhyNoPolicyWillDo) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const Finished done = run_program({"solve", file, "--discount", "0.9", "--budget", "0.2"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("no policy keeps to the limits: under every one fuel is at least 0.97826087"));
  const json answer = solve_json(file, {"--discount", "0.9", "--budget", "0.2"}, 1);
  EXPECT_EQ(answer["status"], "infeasible");
  EXPECT_NEAR(answer["infeasibility"]["least_violation"]["value"].get<double>(), 0.778261, 1e-6);
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
  for (const char* kind : {"l1", "tv", "linf", "l2", "kl", "chi2", "wasserstein", "contamination"}) {
    double last = plain["value"].get<double>();
    for (const char* radius : {"0", "0.1", "0.3"}) {
      const json answer = solve_json(file, {"--discount", "0.9", "--robust", kind, "--radius", radius});
      EXPECT_EQ(answer["status"], "converged") << kind;
      EXPECT_LE(answer["value"].get<double>(), last + 1e-5) << kind << ' ' << radius;
      last = answer["value"].get<double>();
      EXPECT_EQ(answer["worst_case"].size(), 4U);
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
  EXPECT_THAT(refused({"--discount", "0.9", "--radius", "1"}), HasSubstr("goes with --robust"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "interval"}), HasSubstr("lower and upper probabilities"));
  EXPECT_THAT(refused({"--criterion", "average", "--robust", "l1", "--radius", ".1"}), HasSubstr("criterion average"));
  EXPECT_THAT(refused({"--discount", "0.9", "--robust", "l1", "--radius", ".1", "--budget", "3"}),
              HasSubstr("leave --budget or --robust out"));
  EXPECT_THAT(
      refused({"--discount", "0.9", "--robust", "tv", "--radius", ".1", "--rectangular", "s", "--certify", "rational"}),
      HasSubstr("leave --robust out"));
}

// Leave, or lose 1 with probability .4 and win 2 otherwise.
constexpr const char* kGamble =
    "state,action,next,probability,reward\ncasino,leave,casino,1,0\n"
    "casino,bet,casino,0.4,-1\ncasino,bet,casino,0.6,2\n";

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
  EXPECT_THAT(refused({file, "--horizon", "4", "--certify", "rational"}), HasSubstr("fully seen"));
}

TEST(Solve, MinimisesWhenAsked) {
  const TemporaryFolder folder;
  // Playing the second action in state 0: 10 - 0.95 * 20 = -9; the first: -60/7. The smaller is -9.
  const json answer = solve_json(folder.write("p.csv", kPuterman), {"--discount", "0.95", "--minimize"});
  EXPECT_NEAR(answer["values"][0].get<double>(), -9, 1e-6);
  EXPECT_EQ(answer["policy"][0], 1);
}

TEST(Solve, GivesOnePolicyRowAStageAtFiniteHorizon) {
  const TemporaryFolder folder;
  // Two stages: 10 - 1 = 9 for the second action, 5 + (10 - 1) / 2 = 9.5 for the first; the last stage takes 10.
  const json answer = solve_json(folder.write("p.csv", kPuterman), {"--horizon", "2"});
  EXPECT_EQ(answer["criterion"], "finite");
  EXPECT_EQ(answer["horizon"], 2);
  EXPECT_NEAR(answer["values"][0].get<double>(), 9.5, 1e-9);
  EXPECT_EQ(answer["policy"], json({{0, 0}, {1, 0}}));
}

TEST(Solve, ReachesALabel) {
  const TemporaryFolder folder;
  const std::string file = folder.write("n.csv", kNamed);
  const json best = solve_json(file, {"--reach", "goal"});
  EXPECT_EQ(best["criterion"], "reach");
  EXPECT_NEAR(best["value"].get<double>(), 1, 1e-6);
  const json worst = solve_json(file, {"--reach", "goal", "--minimize"});
  EXPECT_NEAR(worst["value"].get<double>(), 0.75, 1e-6);
}

TEST(Solve, NamesStatesAndActionsWhenTheFileDoes) {
  const TemporaryFolder folder;
  const std::string file = folder.write("n.csv", kNamed);
  const json answer = solve_json(file, {"--discount", "0.5"});
  EXPECT_EQ(answer["state_names"], json({"start", "goal", "lost", "half"}));
  EXPECT_EQ(answer["actions"], json({"risky", "safe", "stay"}));
  EXPECT_EQ(answer["policy"], json({0, 2, 2, 1}));
  const Finished text = run_program({"solve", file, "--discount", "0.5"});
  EXPECT_THAT(text.out, HasSubstr("risky"));
  EXPECT_THAT(text.out, HasSubstr("half"));
}

TEST(Solve, StartsWhereInitialSays) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.csv", kPuterman);
  EXPECT_NEAR(solve_json(file, {"--discount", "0.95", "--initial", "1"})["value"].get<double>(), -20, 1e-6);
  EXPECT_NEAR(solve_json(file, {"--discount", "0.95", "--initial", "uniform"})["value"].get<double>(), -100.0 / 7,
              1e-6);
  const std::string start = folder.write("start.csv", "state,probability\n0,0.25\n1,0.75\n");
  EXPECT_NEAR(solve_json(file, {"--discount", "0.95", "--initial", start})["value"].get<double>(), -15 - 15.0 / 7,
              1e-6);
}

TEST(Solve, ProvesTheExactOptimum) {
  const TemporaryFolder folder;
  const json answer = solve_json(folder.write("p.csv", kPuterman), {"--discount", "0.95", "--certify", "rational"});
  EXPECT_EQ(answer["exact"]["value"], "-60/7");
  EXPECT_EQ(answer["exact"]["values"], json({"-60/7", "-20"}));
  EXPECT_LT(answer["gap"].get<double>(), 1e-14);
}

// Waiting is free but never ends; when minimising, the goal has to be reached, in exact arithmetic too.
TEST(Solve, ProvesThatTheGoalHasToBeReached) {
  const TemporaryFolder folder;
  const std::string file = folder.write("g.csv",
                                        "#! label goal 1\nstate,action,next,probability,reward\n"
                                        "0,0,0,1,0\n0,1,1,1,1\n1,0,1,1,0\n2,0,2,1,1\n");
  const json answer = solve_json(file, {"--goal", "goal", "--minimize", "--certify", "rational"});
  EXPECT_EQ(answer["exact"]["values"], json({"1", "0", "inf"}));
  EXPECT_EQ(answer["policy"], json({1, 0, 0}));
  EXPECT_EQ(answer["value"], 1);
  const json free =
      solve_json(file, {"--goal", "goal", "--minimize", "--certify", "rational", "--set", "must_reach_goal=no"});
  EXPECT_EQ(free["exact"]["values"], json({"0", "0", "inf"}));
}

// Choices that may lead to an infinite value are left out of the proof; the policy keeps their numbers.
TEST(Solve, ProvesTheFiniteValuesBesideInfiniteOnes) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.csv",
                                        "#! label goal 3\nstate,action,next,probability,reward\n"
                                        "0,0,1,0.5,1\n0,0,3,0.5,1\n0,1,2,0.5,4\n0,1,3,0.5,4\n0,2,3,1,7\n"
                                        "1,0,1,1,1\n2,0,3,0.25,1\n2,0,2,0.75,1\n3,0,3,1,0\n");
  const json answer = solve_json(file, {"--goal", "goal", "--minimize", "--certify", "rational"});
  EXPECT_EQ(answer["exact"]["values"], json({"6", "inf", "4", "0"}));
  EXPECT_EQ(answer["policy"], json({1, 0, 0, 0}));
  EXPECT_THAT(answer["exact"].dump(), HasSubstr("Infinite values (1 state)"));
}

// Sums of doubles are not what the file says: entering through 0.1 and 0.2 is 3/10.
TEST(Solve, ProvesStagedAndDiscountedReachingExactly) {
  const TemporaryFolder folder;
  const std::string file = folder.write("r.csv",
                                        "#! label goal 1 2\nstate,action,next,probability,reward\n"
                                        "0,0,0,0.7,0\n0,0,1,0.1,0\n0,0,2,0.2,0\n1,0,1,1,0\n2,0,2,1,0\n");
  const json staged = solve_json(file, {"--reach", "goal", "--horizon", "1", "--certify", "rational"});
  EXPECT_EQ(staged["exact"]["value"], "3/10");
  const json discounted = solve_json(file, {"--reach", "goal", "--discount", "0.5", "--certify", "rational"});
  EXPECT_EQ(discounted["exact"]["value"], "6/13");
}

// The goal's own choice leads to a state without a way back; nothing is played in a goal.
TEST(Solve, ProvesGoalsThatLeadAstray) {
  const TemporaryFolder folder;
  const std::string file = folder.write("n.csv",
                                        "#! label goal 0\nstate,action,next,probability,reward\n"
                                        "0,0,1,1,5\n1,0,1,1,1\n2,0,0,1,1\n");
  for (const char* direction : {"--minimize", "--maximize"}) {
    const json answer = solve_json(file, {"--goal", "goal", direction, "--certify", "rational"});
    EXPECT_EQ(answer["exact"]["values"], json({"0", "inf", "1"})) << direction;
  }
}

TEST(Solve, AnUnfinishedPolicyWithInfiniteValuesIsNoCrash) {
  const TemporaryFolder folder;
  const std::string file = folder.write("c.csv",
                                        "#! label goal 3\nstate,action,next,probability,reward\n"
                                        "0,0,1,1,1\n0,1,3,1,9\n1,0,0,1,1\n1,1,0,0.5,-1\n1,1,3,0.5,1\n2,0,2,1,1\n"
                                        "3,0,3,1,0\n");
  for (const char* algorithm : {"interval-iteration", "optimistic-value-iteration", "topological-value-iteration"}) {
    for (const char* direction : {"--minimize", "--maximize"}) {
      const Finished done = run_program({"solve", file, "--goal", "goal", direction, "--certify", "rational",
                                         "--algorithm", algorithm, "--max-iterations", "1"});
      EXPECT_TRUE(done.code >= 0 && done.code <= 3) << algorithm << done.err;
    }
  }
}

// Observations after moves that never happen have no place in UMB; what comes back is a model all the same.
TEST(Convert, KeepsPartlyObservedModelsReadable) {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.POMDP",
                                        "discount: 0.95\n"
                                        "values: reward\n"
                                        "states: left right\n"
                                        "actions: listen open\n"
                                        "observations: gl gr\n"
                                        "start: uniform\n"
                                        "T: listen\n"
                                        "identity\n"
                                        "T: open : * : right 1\n"
                                        "O: listen\n"
                                        "0 1\n"
                                        "1 0\n"
                                        "O: open\n"
                                        "1 0\n"
                                        "1 0\n"
                                        "R: listen : * : * : * -1\n");
  const std::string umb = folder.path("m.umb"), bwm = folder.path("m.bwm"), back = folder.path("back.POMDP");
  EXPECT_EQ(run_program({"convert", file, umb}).code, 0);
  EXPECT_EQ(run_program({"convert", umb, bwm}).code, 0);
  EXPECT_EQ(run_program({"convert", bwm, back}).code, 0);
  const Finished again = run_program({"convert", back, folder.path("again.umb")});
  EXPECT_EQ(again.code, 0) << again.err;
}

/// A model in PRISM's files m.tra, m.lab and m.srew.
std::string prism_model(const TemporaryFolder& folder) {
  const std::string csv = folder.write("m.csv", kNamed), tra = folder.path("m.tra");
  EXPECT_EQ(run_program({"convert", csv, tra}).code, 0);
  return tra;
}

TEST(Convert, LeavesTheFilesOfAModelThatIsCompressedOtherwise) {
  const TemporaryFolder folder;
  const std::string tra = prism_model(folder), labels = read_file(folder.path("m.lab"));
  const json before = solve_json(tra, {"--reach", "goal"});
  const Finished done = run_program({"convert", tra, folder.path("m.tra.xz")});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.err, "");
  EXPECT_EQ(read_file(folder.path("m.lab")), labels);
  EXPECT_EQ(solve_json(tra, {"--reach", "goal"})["values"], before["values"]);
  EXPECT_EQ(solve_json(folder.path("m.tra.xz"), {"--reach", "goal"})["values"], before["values"]);
  // Each reads its own: a label file beside the plain model changes nothing for the compressed one.
  folder.write("m.lab", "0=\"init\" 1=\"goal\"\n0: 0\n");
  EXPECT_EQ(solve_json(folder.path("m.tra.xz"), {"--reach", "goal"})["values"], before["values"]);
  EXPECT_EQ(run_program({"solve", tra, "--reach", "goal"}).code, 2);  // no state carries it
}

TEST(Convert, NamesWhatLiesBesideItAndRemovesNothingOfOthers) {
  const TemporaryFolder folder;
  const std::string csv = folder.write("m.csv", kNamed);
  folder.write("m.lab", "0=\"init\"\n0: 0\n");  // has a twin m.lab.xz, which is read instead
  const std::string rewards = folder.write("m7.srew", "# State rewards\n6 1\n0 1\n");
  const Finished done = run_program({"convert", csv, folder.path("m.tra.xz")});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.err, HasSubstr("m7.srew lies beside it (it will be read with it)"));
  EXPECT_THAT(done.err, Not(HasSubstr("m.lab")));
  EXPECT_EQ(read_file(folder.path("m.lab")), "0=\"init\"\n0: 0\n");
  EXPECT_EQ(read_file(rewards), "# State rewards\n6 1\n0 1\n");
}

TEST(Convert, RemovesOlderFilesOfTheModelItReplacesButNoLinks) {
  const TemporaryFolder folder;
  const std::string tra = prism_model(folder), precious = folder.write("precious.srew", "6 0\n");
  const std::string older = folder.write("m8.srew", "6 0\n");
  std::filesystem::create_symlink(precious, folder.path("m9.srew"));
  const Finished done = run_program({"convert", folder.path("m.csv"), tra});
  EXPECT_EQ(done.code, 0);
  EXPECT_FALSE(std::filesystem::exists(older));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("m9.srew")));
  EXPECT_THAT(done.err, HasSubstr("m9.srew lies beside it"));
  EXPECT_EQ(read_file(precious), "6 0\n");
}

TEST(Convert, StrictLeavesNothingBehind) {
  const TemporaryFolder folder;
  const std::string csv = folder.write("m.csv", kPuterman);
  const auto entries = [&] {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path("")))
      names.push_back(entry.path().filename().string());
    return names;
  };
  EXPECT_EQ(run_program({"convert", "--strict", csv, folder.path("m.tra")}).code, 0);
  EXPECT_THAT(entries(), testing::UnorderedElementsAre("m.csv", "m.tra", "m.lab", "m.trew"));
  EXPECT_FALSE(std::filesystem::exists("/dev/null.lab"));
  const Finished lossy = run_program({"convert", "--strict", csv, folder.path("m_P.bin")});  // a format of two files
  EXPECT_EQ(lossy.code, 2);
  EXPECT_THAT(lossy.err, HasSubstr("the sign of the rewards"));
  EXPECT_EQ(entries().size(), 4U);
}

TEST(Convert, RefusesADeviceForAFormatOfSeveralFiles) {
  const TemporaryFolder folder;
  const Finished done = run_program({"convert", folder.write("m.csv", kPuterman), "/dev/stdout", "--to", "prism"});
  EXPECT_EQ(done.code, 2);
  EXPECT_FALSE(std::filesystem::exists("/dev/stdout.lab"));
}

TEST(Solve, SavesThePolicy) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.csv", kPuterman), saved = folder.path("policy.csv");
  EXPECT_EQ(run_program({"solve", file, "--discount", "0.95", "-o", saved}).code, 0);
  EXPECT_THAT(read_file(saved), testing::StartsWith("state,action,value,lower,upper\n0,0,-8.57"));
}

TEST(Solve, SavesJsonUnderANameThatEndsInJson) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.csv", kPuterman), saved = folder.path("policy.json");
  const Finished done = run_program({"solve", file, "--discount", "0.95", "-o", saved});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.out, HasSubstr("saved policy and values to " + saved));
  json answer = json::parse(read_file(saved)), printed = solve_json(file, {"--discount", "0.95"});
  answer.erase("seconds");
  printed.erase("seconds");
  EXPECT_EQ(answer, printed);
}

TEST(Solve, CompressesWhatItSaves) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.csv", kPuterman), saved = folder.path("policy.csv.gz");
  EXPECT_EQ(run_program({"solve", file, "--discount", "0.95", "-o", saved}).code, 0);
  EXPECT_THAT(read_file(saved), testing::StartsWith("\x1f\x8b"));
}

TEST(Solve, QuotesNamesInTheSavedPolicy) {
  const TemporaryFolder folder;
  const std::string saved = folder.path("policy.csv"),
                    file = folder.write("p.csv",
                                        "state,action,next,probability,reward\n"
                                        "\"(x=1,y=2)\",\"say \"\"hi\"\"\",\"(x=1,y=2)\",1,1\n");
  EXPECT_EQ(run_program({"solve", file, "--discount", "0.5", "-o", saved}).code, 0);
  EXPECT_THAT(read_file(saved), HasSubstr("\n\"(x=1,y=2)\",\"say \"\"hi\"\"\","));
}

TEST(Solve, SaysWhereAnInfiniteOptimumIs) {
  const TemporaryFolder folder;
  const Finished done = run_program(
      {"solve", folder.write("p.csv", "state,action,next,probability,reward\n0,0,0,1,1\n"), "--criterion", "total"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("unbounded"));
}

TEST(Solve, EndsWithTheNextCommandToType) {
  const TemporaryFolder folder;
  const Finished done = run_program({"solve", folder.write("p.csv", kPuterman), "--discount", "0.95"});
  EXPECT_THAT(done.out, HasSubstr("--certify rational"));
  EXPECT_THAT(done.out, Not(HasSubstr("nan")));
}

TEST(Solve, TheNextCommandAsksTheSameQuestion) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("g.csv", "#! label end 1\nstate,action,next,probability,reward\n0,0,1,1,2\n1,0,1,1,1\n");
  const Finished done = run_program({"solve", file, "--goal", "end", "--discount", "0.5", "--minimize"});
  EXPECT_THAT(done.out, HasSubstr("--goal end --discount 0.5 --minimize --certify rational"));
}

TEST(Solve, StopsALinearProgramOnInterrupt) {
  const TemporaryFolder folder;
  const std::string model = folder.path("slow.bwm");
  ASSERT_EQ(run_program({"make", "garnet", "--states", "8000", "--actions", "4", "-o", model}).code, 0);
  for (const char* question : {"discounted", "average"}) {
    const Finished done =
        run_program({"solve", model, "--criterion", question, "--algorithm", "linear-programming", "--json"}, ".", 1.0);
    ASSERT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(json::parse(done.out)["status"], "stopped") << question;
  }
}

// Either takes half a minute and cannot be interrupted from inside.
TEST(Solve, StopsInsideAFactorisationOnInterrupt) {
  const TemporaryFolder folder;
  const std::string model = folder.path("fills-in.bwm");
  ASSERT_EQ(run_program({"make", "garnet", "--states", "6000", "--successors", "8", "-o", model}).code, 0);
  for (const std::vector<std::string>& question :
       {std::vector<std::string>{"--discount", "0.99"}, {"--criterion", "average"}}) {
    std::vector<std::string> arguments{"solve", model, "--algorithm", "policy-iteration", "--json"};
    arguments.insert(arguments.end(), question.begin(), question.end());
    const Finished done = run_program(arguments, ".", 1.0);
    ASSERT_EQ(done.code, 0) << done.err;
    const json answer = json::parse(done.out);
    EXPECT_EQ(answer["status"], "stopped") << question[1];
    EXPECT_TRUE(std::isfinite(answer["gap"].get<double>())) << question[1];
  }
}

TEST(Solve, StopsAnExactProofOnInterruptWithTheAnswerBeforeIt) {
  const TemporaryFolder folder;
  const std::string model = folder.path("large.bwm"), saved = folder.path("answer.json");
  ASSERT_EQ(run_program({"make", "garnet", "--states", "2000", "--successors", "8", "-o", model}).code, 0);
  const Finished done =
      run_program({"solve", model, "--discount", "0.9", "--certify", "rational", "--json", "-o", saved}, ".", 1.0);
  ASSERT_EQ(done.code, 0) << done.err;
  const json answer = json::parse(done.out);
  EXPECT_EQ(answer["status"], "stopped");
  EXPECT_THAT(answer["note"].get<std::string>(), HasSubstr("before the exact proof was finished"));
  EXPECT_LE(answer["gap"].get<double>(), 1e-6);
  EXPECT_FALSE(answer.contains("exact"));
  EXPECT_EQ(json::parse(read_file(saved))["status"], "stopped");
}

TEST(Solve, ProvesExactlyWhatFloatingPointCouldNot) {
  const TemporaryFolder folder;
  // The way out of state 0 is a chance of 1e-300: no linear system in doubles knows it.
  const std::string model = folder.write("tiny.csv",
                                         "state,action,next,probability,reward\n"
                                         "0,0,1,1e-300,-4\n0,0,3,1.0,-4\n"
                                         "1,0,1,0.9999999999,-1\n1,1,1,1,2\n"
                                         "2,0,2,1,-3\n2,1,0,1,-3\n"
                                         "3,0,3,0.8506298679695581,2\n3,0,3,0.005410535897781784,2\n"
                                         "3,0,4,0.1439595961326601,2\n3,1,2,1,-2\n"
                                         "4,0,5,0.4444444444444444,-2\n4,0,5,0.4444444444444444,-2\n"
                                         "4,0,1,0.1111111111111111,-2\n"
                                         "5,0,5,1,5\n5,1,0,0.1,5\n5,1,5,0.9,5\n");
  const Finished plain = run_program({"solve", model, "--criterion", "average", "--json"});
  EXPECT_EQ(plain.code, 0);
  EXPECT_EQ(json::parse(plain.out)["status"], "rounding_limited");
  const Finished exact = run_program({"solve", model, "--criterion", "average", "--certify", "rational", "--json"});
  EXPECT_EQ(exact.code, 0);
  const json answer = json::parse(exact.out);
  EXPECT_EQ(answer["status"], "converged");
  EXPECT_NEAR(answer["value"].get<double>(), 14.0 / 3, 1e-9);
}

TEST(Solve, StopsOnInterruptWithACertifiedAnswer) {
  const TemporaryFolder folder;
  const std::string model = folder.path("slow.bwm");
  ASSERT_EQ(run_program({"make", "garnet", "--size", "20000", "-o", model}).code, 0);
  const Finished done = run_program(
      {"solve", model, "--discount", "0.9999999", "--algorithm", "value-iteration", "--tolerance", "1e-12", "--json"},
      ".", 1.0);
  ASSERT_EQ(done.code, 0) << done.err;
  const json answer = json::parse(done.out);
  EXPECT_THAT(answer["status"].get<std::string>(), testing::AnyOf("stopped", "rounding_limited", "converged"));
  EXPECT_TRUE(std::isfinite(answer["gap"].get<double>()));
}

}  // namespace
}  // namespace bellwether::test
