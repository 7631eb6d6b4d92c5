// `solve` with limits on costs.
#include <string>
#include <vector>

#include <fmt/format.h>
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
    return refusal(arguments);
  };
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "1,2"}), HasSubstr("has 2 limits, but the model has 1"));
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "fule=1"}), HasSubstr("cost column is 'fuel'"));
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "much"}), HasSubstr("'much' is no limit"));
  EXPECT_THAT(refused({plain, "--discount", "0.9", "--budget", "1"}), HasSubstr("has no cost columns"));
  EXPECT_THAT(refused({file, "--criterion", "total", "--budget", "1"}), HasSubstr("--budget goes with"));
  EXPECT_THAT(refused({file, "--discount", "0.9", "--budget", "1", "--certify", "rational"}),
              HasSubstr("leave --budget out"));
}

}  // namespace
}  // namespace bellwether::test
