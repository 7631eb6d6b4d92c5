// `solve` stopped by --max-iterations: what is known by then, and what is not.
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

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kSweepers{"interval-iteration", "optimistic-value-iteration",
                                         "topological-value-iteration"};

// Nothing leads from 0 and 1 to the goal 2; from 3 it takes 10/3 steps, from 4 8/3.
constexpr const char* kDeadEnd =
    "#! label done 2\nstate,action,next,probability,reward\n"
    "0,a,0,0.5,1\n0,a,1,0.5,1\n1,a,1,1,1\n2,a,2,1,0\n"
    "3,a,3,0.5,1\n3,a,2,0.25,1\n3,a,4,0.25,1\n4,a,3,0.5,1\n4,a,2,0.5,1\n";

std::vector<std::string> stopped(const std::string& algorithm, std::vector<std::string> question) {
  question.insert(question.end(), {"--algorithm", algorithm, "--max-iterations", "1"});
  return question;
}

std::vector<std::string> proven(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--certify", "rational"});
  return arguments;
}

TEST(SolveStopped, TheProofBringsTheBoundsThatThePlannerHadNot) {
  const TemporaryFolder folder;
  const std::string file = folder.write("dead.csv", kDeadEnd);
  for (const std::string& algorithm : kSweepers) {
    const json answer =
        solve_json(file, proven(stopped(algorithm, {"--goal", "done", "--minimize", "--initial", "3"})));
    EXPECT_EQ(answer["status"], "converged") << algorithm;
    EXPECT_EQ(answer["exact"]["values"], json({"inf", "inf", "0", "10/3", "8/3"})) << algorithm;
    EXPECT_EQ(answer["values"][0], nullptr) << algorithm;  // infinite
    EXPECT_EQ(answer["lower"][0], nullptr) << algorithm;
    EXPECT_EQ(answer["upper"][2], 0) << algorithm;
    EXPECT_NEAR(answer["lower"][3].get<double>(), 10.0 / 3, 1e-15) << algorithm;
  }
}

TEST(SolveStopped, AnOverflowIsNoInfiniteValueToTheProof) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("large.csv", "state,action,next,probability,reward\n0,a,0,1,1e308\n1,a,1,1,1\n");
  const json answer = solve_json(file, proven({"--discount", "0.99"}));
  EXPECT_EQ(answer["exact"]["values"], json({"1" + std::string(310, '0'), "100"}));
  EXPECT_THAT(answer["exact"]["statement"].get<std::string>(), Not(HasSubstr("Infinite values")));
}

TEST(SolveStopped, AnInfiniteValueFromTheStartIsTheAnswerHoweverEarly) {
  const TemporaryFolder folder;
  const std::string file = folder.write("dead.csv", kDeadEnd);
  std::vector<std::string> algorithms = kSweepers;
  algorithms.push_back("policy-iteration");
  for (const std::string& algorithm : algorithms) {
    const std::vector<std::string> question = stopped(algorithm, {"--goal", "done", "--minimize"});
    for (const auto& arguments : {question, proven(question)}) {
      const json answer = solve_json(file, arguments, 1);
      EXPECT_EQ(answer["status"], "infeasible") << algorithm;
      EXPECT_THAT(answer["note"].get<std::string>(), HasSubstr("stopped before the finite values met the tolerance"));
      EXPECT_FALSE(answer.contains("exact")) << algorithm;
    }
    EXPECT_EQ(solve_json(file, stopped(algorithm, {"--goal", "done"}), 1)["status"], "unbounded") << algorithm;
  }
}

TEST(SolveStopped, InfiniteValuesAreProvenBeforeTheOthers) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments =
      stopped("interval-iteration", {"solve", folder.write("dead.csv", kDeadEnd), "--goal", "done", "--minimize"});
  arguments.insert(arguments.end(), {"--initial", "uniform"});
  const Finished done = run_program(arguments);
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, ContainsRegex("value +inf expected"));
  EXPECT_THAT(done.out, ContainsRegex("proven +the infinite values, by the graph"));
  EXPECT_THAT(done.out, HasSubstr("of the\n             others nothing"));
  EXPECT_THAT(done.out, ContainsRegex("\n +1 +inf  a\n +2 +-  a\n"));
}

TEST(SolveStopped, WithoutABoundThereIsNoValue) {
  const TemporaryFolder folder;
  const std::string file = folder.write("dead.csv", kDeadEnd), saved = folder.path("saved.csv");
  for (const std::string& algorithm : kSweepers) {
    const std::vector<std::string> question = stopped(algorithm, {"--goal", "done", "--minimize", "--initial", "3"});
    const json answer = solve_json(file, question, 1);
    EXPECT_EQ(answer["status"], "budget_exhausted") << algorithm;
    EXPECT_EQ(answer["value"], nullptr) << algorithm;
    EXPECT_EQ(answer["values"][3], nullptr) << algorithm;
    EXPECT_EQ(answer["gap"], nullptr) << algorithm;
    std::vector<std::string> arguments{"solve", file, "-o", saved};
    arguments.insert(arguments.end(), question.begin(), question.end());
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 1) << algorithm;
    EXPECT_THAT(done.out, HasSubstr("stopped at the iteration limit before anything was proven")) << algorithm;
    EXPECT_THAT(done.out, Not(HasSubstr("the bounds hold"))) << algorithm;
    EXPECT_THAT(done.out, Not(HasSubstr("expected from the initial distribution"))) << algorithm;
    EXPECT_THAT(done.out, ContainsRegex("\n +1 +inf  a\n +2 +-  a\n +3 +-  a\n")) << algorithm;
    EXPECT_THAT(read_file(saved), HasSubstr("\n1,a,inf,,\n2,a,,,\n3,a,,,\n")) << algorithm;
  }
}

// The first action of 0 and of 1 leads round the two of them for ever.
TEST(SolveStopped, TheProofStartsFromAPolicyThatEnds) {
  const TemporaryFolder folder;
  const std::string file = folder.write("round.csv",
                                        "#! label done 2\nstate,action,next,probability,reward\n"
                                        "0,a,1,1,1\n1,a,0,1,1\n1,b,2,0.5,4\n1,b,0,0.5,4\n2,a,2,1,0\n");
  for (const std::string& algorithm : kSweepers) {
    const json answer = solve_json(file, proven(stopped(algorithm, {"--goal", "done", "--minimize"})));
    EXPECT_EQ(answer["exact"]["values"], json({"10", "9", "0"})) << algorithm;
  }
}

}  // namespace
}  // namespace bellwether::test
