// The policies under budgets, as the program shows and saves them.
#include <filesystem>
#include <fstream>
#include <iterator>
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

// Stay and earn, or leave for good: only a draw before the first step earns a part of it in the long run.
constexpr const char* kStayOrLeave =
    "state,action,next,probability,reward,cost\n"
    "in,stay,in,1,1,1\nin,leave,out,1,0,0\nout,stay,out,1,0,0\n";
std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr const char* kWorkOrRest =
    "state,action,next,probability,reward,cost\n"
    "a,work,b,1,1,1\nb,work,a,1,1,1\nb,rest,b,1,0,0\na,rest,a,1,0,0\n";

TEST(BudgetPolicy, IsStationaryWhereThatDoesAsWell) {
  const TemporaryFolder folder;
  const std::string file = folder.write("work.csv", kWorkOrRest), policy = folder.path("policy.csv");
  const std::vector<std::string> words = {"solve", file, "--criterion", "average", "--budget", "cost=0.5"};
  const Finished done = run_program(words);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, Not(HasSubstr("before the first step")));
  std::vector<std::string> saving = words;
  saving.insert(saving.end(), {"-o", policy, "--json"});
  const json answer = json::parse(run_program(saving).out);
  EXPECT_EQ(answer["policy"].size(), 2u);
  EXPECT_FALSE(answer.contains("mixture"));
  EXPECT_TRUE(std::filesystem::exists(policy));
}

TEST(BudgetPolicy, TellsEveryPartOfAMixture) {
  const TemporaryFolder folder;
  const std::string file = folder.write("stay.csv", kStayOrLeave);
  const std::vector<std::string> words = {"solve",     file, "--criterion", "average",
                                          "--initial", "in", "--budget",    "cost=0.3"};
  EXPECT_THAT(run_program(words).out, HasSubstr("draws one of 2 policies before the first step and keeps it, with"));
  std::vector<std::string> in_json = words;
  in_json.emplace_back("--json");
  const json answer = json::parse(run_program(in_json).out);
  EXPECT_FALSE(answer.contains("policy"));
  ASSERT_EQ(answer["mixture"].size(), 2u);
  EXPECT_FALSE(answer.contains("choice_list"));  // both are lists of actions
  double weights = 0, stays = 0;
  for (const json& part : answer["mixture"]) {
    weights += part["weight"].get<double>();
    if (part["policy"][0] == 0) stays += part["weight"].get<double>();  // "stay" is the first action of the file
  }
  EXPECT_NEAR(weights, 1, 1e-12);
  EXPECT_NEAR(stays, .3, 1e-6);
}

TEST(BudgetPolicy, RefusesACsvOfAMixtureButShowsTheAnswer) {
  const TemporaryFolder folder;
  const std::string file = folder.write("stay.csv", kStayOrLeave), policy = folder.path("policy.csv");
  const Finished done =
      run_program({"solve", file, "--criterion", "average", "--initial", "in", "--budget", "cost=0.3", "-o", policy});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("option --output: the policy found is drawn from several before the first step"));
  EXPECT_THAT(done.out, HasSubstr("draws one of 2 policies"));
  EXPECT_THAT(done.out, Not(HasSubstr("saved")));
  EXPECT_FALSE(std::filesystem::exists(policy));
}

/// States that are never left alone: from `far` one may do three things, but the play never comes there.
constexpr const char* kRoad =
    "#! initial home 1\n"
    "state,action,next,probability,reward,cost\n"
    "home,slow,home,1,1,0\nhome,fast,home,1,2,1\n"
    "far,sleep,far,1,0,0\nfar,walk,far,1,5,0\nfar,run,far,1,6,3\n";

// One unit of cost is worth one of reward, so in `far` walking is best: 5 against 6 - 3 and 0.
TEST(BudgetPolicy, IsSensibleWhereThePlayNeverComes) {
  const TemporaryFolder folder;
  const std::string file = folder.write("road.csv", kRoad), saved = folder.path("policy.csv");
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"--discount", "0.9"}, {"--horizon", "5"}, {"--criterion", "average"}}) {
    std::vector<std::string> words = {"solve", file, "--budget", "cost=0.25", "-o", saved};
    words.insert(words.end(), how.begin(), how.end());
    const Finished done = run_program(words);
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_THAT(done.out, testing::ContainsRegex("\n  far +[0-9.]+  walk\n")) << how.back();
    const std::string csv = read_file(saved);
    EXPECT_THAT(csv, HasSubstr("far,walk,1,"));
    EXPECT_THAT(csv, Not(HasSubstr("far,run")));
    EXPECT_THAT(csv, Not(HasSubstr("far,sleep")));
    words.emplace_back("--json");
    const json answer = json::parse(run_program(words).out);
    const json& policy = answer.contains("horizon") ? answer["policy"][0] : answer["policy"];
    EXPECT_EQ(policy[1], json({0, 1, 0})) << how.back();
    EXPECT_EQ(answer["choice_list"], json({{0, 0}, {0, 1}, {1, 2}, {1, 3}, {1, 4}}));
  }
}

TEST(BudgetPolicy, OfTheLeastCostIsSaidWithoutNoise) {
  const TemporaryFolder folder;
  const std::string file = folder.write("road.csv", kRoad);
  const Finished done = run_program({"solve", file, "--discount", "0.9", "--budget", "cost=-1"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, testing::ContainsRegex("under every one cost is at least 0, and the limits allow[ \n]+-1"));
}

}  // namespace
}  // namespace bellwether::test
