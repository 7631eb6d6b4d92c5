// What is said to be proven, in digits: as true as the numbers behind it.
#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/cli/solve_json.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

// Two digits that round down would claim more than was proven.
TEST(ProvenText, ShowsBoundsThatAreBounds) {
  const TemporaryFolder folder;
  const std::string lake = folder.path("lake.csv");
  ASSERT_EQ(run_program({"make", "frozenlake", "-o", lake}).code, 0);
  const std::regex shown("every value within ([0-9.e+-]+) of the optimum; the policy loses at most ([0-9.e+-]+)");
  for (const char* discount : {"0.5", "0.7", "0.8", "0.9", "0.95", "0.99", "0.999"}) {
    const std::vector<std::string> asked{"solve", lake, "--discount", discount, "--algorithm", "value-iteration"};
    std::vector<std::string> in_full = asked;
    in_full.emplace_back("--json");
    const json answer = json::parse(run_program(in_full).out);
    double width = 0;
    for (std::size_t s = 0; s < answer["lower"].size(); ++s)
      width = std::max(width, answer["upper"][s].get<double>() - answer["lower"][s].get<double>());
    const std::string text = run_program(asked).out;
    std::smatch found;
    ASSERT_TRUE(std::regex_search(text, found, shown)) << text;
    const double gap = answer["gap"];
    EXPECT_GE(std::stod(found[1]), gap) << discount;
    EXPECT_LE(std::stod(found[1]), 1.1 * gap) << discount;
    EXPECT_GE(std::stod(found[2]), width) << discount;
    EXPECT_LE(std::stod(found[2]), 1.1 * width) << discount;
  }
}

// The end of the range of doubles is nobody's idea of an error.
TEST(ProvenText, OfAnOptimumOfZero) {
  const TemporaryFolder folder;
  const std::string none =
      folder.write("none.csv", "state,action,next,probability,reward\n0,0,0,0.5,0\n0,0,1,0.5,0\n1,0,0,1,0\n");
  for (const std::vector<std::string>& question :
       std::vector<std::vector<std::string>>{{"--discount", "0.9"},
                                             {"--horizon", "3"},
                                             {"--criterion", "average"},
                                             {"--discount", "0.9", "--robust", "l1", "--radius", "0.1"}}) {
    std::vector<std::string> asked{"solve", none};
    asked.insert(asked.end(), question.begin(), question.end());
    const std::string text = run_program(asked).out;
    EXPECT_THAT(text, HasSubstr("proven")) << text;
    EXPECT_FALSE(std::regex_search(text, std::regex("e-3(0[1-9]|[12][0-9])"))) << text;
  }
}

}  // namespace
}  // namespace bellwether::test
