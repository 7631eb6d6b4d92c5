// `solve` for measures of risk.
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

// Leave, or lose 1 with probability .4 and win 2 otherwise.
constexpr const char* kGamble =
    "state,action,next,probability,reward\ncasino,leave,casino,1,0\n"
    "casino,bet,casino,0.4,-1\ncasino,bet,casino,0.6,2\n";

constexpr const char* kLottery =
    "state,action,next,probability,reward\n"
    "s,safe,end,1,1\ns,risky,end,0.9,3\ns,risky,end,0.1,-10\nend,stay,end,1,0\n";

const std::vector<std::string> kTail = {"--discount", "0.9", "--risk", "tail-mean", "--level", "0.5"};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// A bound is no value: where a grid decides, both are said, rounded outwards; where the play ends, the policy's own.
TEST(SolveForRisk, TellsBoundsOfADiscountedTailFromItsValue) {
  const TemporaryFolder folder;
  const std::string lottery = folder.write("lottery.csv", kLottery), gamble = folder.write("gamble.csv", kGamble);
  const auto text = [](const std::string& file) { return run_program(with({"solve", file}, kTail)).out; };
  EXPECT_THAT(text(lottery), HasSubstr("risk       1 is the mean of the worst 50 % of plays under the policy"));
  EXPECT_EQ(solve_json(lottery, kTail)["risk"]["value"], 1);
  EXPECT_EQ(solve_json(lottery, kTail)["law"]["returns"], json({1}));
  const json answer = solve_json(gamble, kTail);
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

TEST(SolveForRisk, GivesNoBoundAsAValueInJson) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  const json bounded = solve_json(file, kTail)["risk"];
  EXPECT_TRUE(bounded["value"].is_null());
  EXPECT_LT(bounded["lower"].get<double>(), bounded["upper"].get<double>());
  EXPECT_TRUE(bounded["parameter"].is_number());
  const json known = solve_json(file, {"--horizon", "3", "--risk", "tail-mean", "--level", "0.5"})["risk"];
  EXPECT_NEAR(known["value"].get<double>(), 0.592, 1e-9);
}

TEST(SolveForRisk, CountsTheIterationsOfADiscountedTail) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  const std::vector<std::string> few = with(kTail, {"--max-iterations", "2"});
  const json answer = solve_json(file, few);
  EXPECT_EQ(answer["status"], "budget_exhausted");
  EXPECT_LE(answer["iterations"], 2);
  EXPECT_FALSE(answer["risk"].contains("limited_by")) << "not the grid";
  const Finished text = run_program(with({"solve", file}, few));
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, HasSubstr("stopped at the iteration limit; the bounds hold"));
  EXPECT_THAT(text.out, HasSubstr("risk       between "));
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
    return refusal({"solve", file, "--horizon", "3", "--risk", "utility", "--utility", utility});
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
    return refusal(arguments);
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

}  // namespace
}  // namespace bellwether::test
