// What --risk prints where only bounds are known, or the iterations were few.
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

// Leave, or lose 1 with probability .4 and win 2 otherwise, for ever.
constexpr const char* kGamble =
    "state,action,next,probability,reward\ncasino,leave,casino,1,0\n"
    "casino,bet,casino,0.4,-1\ncasino,bet,casino,0.6,2\n";

const std::vector<std::string> kTail = {"--discount", "0.9", "--risk", "tail-mean", "--level", "0.5"};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(RiskJson, HasNoValueWhereOnlyBoundsAreKnown) {
  const TemporaryFolder folder;
  const std::string file = folder.write("gamble.csv", kGamble);
  const json bounded = solve_json(file, kTail)["risk"];
  EXPECT_TRUE(bounded["value"].is_null());
  EXPECT_LT(bounded["lower"].get<double>(), bounded["upper"].get<double>());
  EXPECT_TRUE(bounded["parameter"].is_number());
  const json known = solve_json(file, {"--horizon", "3", "--risk", "tail-mean", "--level", "0.5"})["risk"];
  EXPECT_NEAR(known["value"].get<double>(), 0.592, 1e-9);
}

TEST(RiskIterations, OfADiscountedTailAreCounted) {
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

}  // namespace
}  // namespace bellwether::test
