// `solve` for hidden contexts and states.
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

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

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
    return refusal(arguments);
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
