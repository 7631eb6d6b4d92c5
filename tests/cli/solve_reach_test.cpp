// `solve --reach` in a given time, where some plays start in what is to be reached.
#include <cmath>
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

// From 0 the target is entered with probability 1/2 a step, or by waiting never.
constexpr const char* kHalfway =
    "#! label done 1\n#! initial 0 0.5\n#! initial 1 0.5\nstate,action,next,probability,reward,fuel\n"
    "0,go,0,0.5,0,1\n0,go,1,0.5,0,1\n0,wait,0,1,0,0\n1,stay,1,1,0,0\n";

class SolveReach : public testing::Test {
 protected:
  json answer(std::vector<std::string> options) const {
    options.insert(options.begin(), {"--reach", "done"});
    return solve_json(file_, options);
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.write("halfway.csv", kHalfway);
};

void expect_values(const json& answer, double from_outside, double from_target) {
  EXPECT_NEAR(answer["values"][0].get<double>(), from_outside, 1e-6);
  EXPECT_DOUBLE_EQ(answer["values"][1].get<double>(), from_target);
  EXPECT_NEAR(answer["value"].get<double>(), (from_outside + from_target) / 2, 1e-6);
  EXPECT_LE(answer["lower"][1].get<double>(), from_target);
  EXPECT_GE(answer["upper"][1].get<double>(), from_target);
  EXPECT_LE(answer["upper"][1].get<double>() - answer["lower"][1].get<double>(), 1e-6);
}

TEST_F(SolveReach, CountsPlaysThatStartInTheTarget) {
  expect_values(answer({}), 1, 1);
  expect_values(answer({"--horizon", "3"}), 0.875, 1);
  expect_values(answer({"--horizon", "3", "--minimize"}), 0, 1);
  // Sum over k of .9^k 2^-(k+1): the discount counts the steps before the last.
  expect_values(answer({"--discount", "0.9", "--criterion", "discounted"}), 0.5 / 0.55, 1);
}

TEST_F(SolveReach, CountsThemInFractions) {
  const json mixed = answer({"--horizon", "3", "--certify", "rational"});
  EXPECT_EQ(mixed["exact"]["values"], json({"7/8", "1"}));
  EXPECT_DOUBLE_EQ(mixed["value"].get<double>(), 0.9375);
  EXPECT_EQ(answer({"--horizon", "3", "--certify", "rational", "--initial", "1"})["exact"]["value"], "1");
  EXPECT_EQ(answer({"--horizon", "3", "--certify", "rational", "--initial", "0"})["exact"]["value"], "7/8");
}

// Nature takes a tenth of the way: .4 a step.
TEST_F(SolveReach, CountsThemInUncertainModels) {
  const json robust = answer({"--horizon", "3", "--robust", "l1", "--radius", "0.2"});
  expect_values(robust, 1 - std::pow(0.6, 3), 1);
  EXPECT_NEAR(robust["nominal_value"].get<double>(), 0.9375, 1e-9);
}

TEST_F(SolveReach, RefusesWhatCannotCountThem) {
  const auto refused = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"solve", file_, "--reach", "done", "--horizon", "3"});
    const Finished done = run_program(options);
    EXPECT_EQ(done.code, 2);
    return done.err;
  };
  EXPECT_THAT(
      refused({"--risk", "tail-mean", "--level", "0.5"}),
      HasSubstr("--risk goes with --reach where no play starts in what is to be reached, and 0.5 of the plays"));
  EXPECT_THAT(refused({"--budget", "1"}), HasSubstr("--budget goes with --reach"));
  const std::vector<std::string> outside = {"--horizon", "3", "--initial", "0", "--budget", "1.5"};
  const json kept = answer(outside);
  EXPECT_EQ(kept["status"], "converged");
  // Two goes for sure cost 1 + 1/2: half is reached after one, a quarter after the other.
  EXPECT_NEAR(kept["value"].get<double>(), 0.75, 1e-6);
}

}  // namespace
}  // namespace bellwether::test
