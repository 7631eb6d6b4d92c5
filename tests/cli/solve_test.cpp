#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/cli/solve_json.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;
using testing::Not;

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

TEST(Solve, SaysThatAFileHasNoRewards) {
  const TemporaryFolder folder;
  const std::string bare = folder.write("bare.tra", "2 2 2\n0 0 1 1\n1 0 1 1\n");
  const std::string said = "rewards    every one is 0: does the file have any?";
  EXPECT_THAT(run_program({"solve", bare, "--discount", "0.9"}).out, HasSubstr(said));
  folder.write("bare.lab", "0=\"init\" 1=\"goal\"\n0: 0\n1: 1\n");
  EXPECT_THAT(run_program({"solve", bare, "--reach", "goal"}).out, testing::Not(HasSubstr(said)));
  folder.write("bare.srew", "2 1\n1 3\n");
  EXPECT_THAT(run_program({"solve", bare, "--discount", "0.9"}).out, testing::Not(HasSubstr(said)));
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
    const Finished done = interrupt_program(
        {.seconds = 1}, {"solve", model, "--criterion", question, "--algorithm", "linear-programming", "--json"});
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
    const Finished done = interrupt_program({.seconds = 1}, arguments);
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
  const Finished done = interrupt_program(
      {.seconds = 1}, {"solve", model, "--discount", "0.9", "--certify", "rational", "--json", "-o", saved});
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
  const Finished done = interrupt_program({.seconds = 1}, {"solve", model, "--discount", "0.9999999", "--algorithm",
                                                           "value-iteration", "--tolerance", "1e-12", "--json"});
  ASSERT_EQ(done.code, 0) << done.err;
  const json answer = json::parse(done.out);
  EXPECT_EQ(answer["status"], "stopped");
  EXPECT_TRUE(std::isfinite(answer["gap"].get<double>()));
}

TEST(Solve, SaysThatItWasStoppedBeforeAnythingWasProven) {
  const TemporaryFolder folder;
  const std::string model = folder.path("long.bwm");
  ASSERT_EQ(run_program({"make", "garnet", "--size", "20000", "-o", model}).code, 0);
  const Finished done = interrupt_program({.signal = SIGTERM, .seconds = 1.5}, {"solve", model, "--horizon", "20000"});
  EXPECT_EQ(done.code, 1) << done.err;
  EXPECT_THAT(done.out, HasSubstr("stopped by you before anything was proven"));
  EXPECT_THAT(done.out, Not(HasSubstr("the bounds hold")));
}

}  // namespace
}  // namespace bellwether::test
