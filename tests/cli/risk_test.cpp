// What --risk prints where only bounds are known.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/cli/solve_json.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

// Leave, or lose 1 with probability .4 and win 2 otherwise, for ever.
constexpr const char* kGamble =
    "state,action,next,probability,reward\ncasino,leave,casino,1,0\n"
    "casino,bet,casino,0.4,-1\ncasino,bet,casino,0.6,2\n";

const std::vector<std::string> kTail = {"--discount", "0.9", "--risk", "tail-mean", "--level", "0.5"};

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

}  // namespace
}  // namespace bellwether::test
