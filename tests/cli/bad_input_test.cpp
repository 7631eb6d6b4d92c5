#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

/// Exit code 2, one line on standard error, nothing on standard output.
void expect_refused(const std::vector<std::string>& arguments, const std::string& said) {
  const Finished done = run_program(arguments);
  EXPECT_EQ(done.code, 2) << done.err;
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr(said));
  EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
}

constexpr const char* kHeader = "state,action,next,probability,reward\n";

class BadFile : public testing::Test {
 protected:
  void refused(const std::string& name, const std::string& content, const std::string& said) {
    expect_refused({"solve", folder_.write(name, content), "--discount", "0.9"}, said);
  }
  TemporaryFolder folder_;
};

TEST_F(BadFile, IsMissing) { expect_refused({"solve", "nowhere.csv", "--discount", "0.9"}, "nowhere.csv"); }

TEST_F(BadFile, IsEmpty) { refused("empty.csv", "", "empty"); }

TEST_F(BadFile, HasAnUnknownExtension) { refused("model.xyz", "1 2 3", "--format"); }

TEST_F(BadFile, IsTruncatedInsideALine) { refused("cut.csv", std::string(kHeader) + "0,0,0,1,1\n1,0,1", "cut.csv:3"); }

TEST_F(BadFile, HasNotANumber) { refused("nan.csv", std::string(kHeader) + "0,0,0,nan,1\n", "nan.csv:2"); }

TEST_F(BadFile, HasARowThatDoesNotSumToOne) {
  refused("row.csv", std::string(kHeader) + "0,0,0,1,1\n1,0,0,0.5,1\n1,0,1,0.47,1\n", "(s=1, a=0)");
}

TEST_F(BadFile, IsGarbage) {
  std::string garbage(4096, '\0');
  for (std::size_t i = 0; i < garbage.size(); ++i) garbage[i] = static_cast<char>((i * 2654435761U) >> 13);
  refused("garbage.csv", garbage, "garbage.csv:1");
  for (const char* name : {"garbage.bwm", "garbage.umb", "garbage.json", "garbage.drn", "garbage.tra", "garbage.MDP"}) {
    refused(name, garbage, name);
  }
}

TEST(BadOption, IsUnknown) {
  expect_refused({"solve", "x.csv", "--discuont", "0.9"}, "did you mean --discount?");
  expect_refused({"sovle"}, "did you mean 'solve'?");
  expect_refused({"solve", "x.csv", "--algorithm"}, "--algorithm needs a value");
  expect_refused({"solve", "x.csv", "y.csv"}, "'y.csv' is one argument too many");
}

TEST(BadOption, WouldOverwriteTheModel) {
  const TemporaryFolder folder;
  const std::string text = "state,action,next,probability,reward\n0,0,0,1,1\n", file = folder.write("m.csv", text);
  expect_refused({"solve", file, "--discount", "0.9", "-o", file}, "the model file itself");
  EXPECT_EQ(read_file(file), text);
}

TEST(BadOption, NamesAFileThatIsNone) {
  const TemporaryFolder folder;
  expect_refused({"solve", folder.path("lake.cvs"), "--discount", "0.9"}, "no such file");
  expect_refused({"solve", folder.path("."), "--discount", "0.9"}, "is a directory");
}

TEST(BadOption, DoesNotGoWithTheQuestion) {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.csv", "state,action,next,probability,reward\n0,0,0,1,1\n");
  expect_refused({"solve", file, "--horizon", "3", "--criterion", "total"}, "--horizon does not go");
  expect_refused({"solve", file, "--horizon", "3", "--max-iterations", "3"}, "--max-iterations does not go");
  expect_refused({"solve", file, "--discount", "0.9", "--relative"}, "'relative' goes with total rewards");
  expect_refused({"solve", file, "--discount", "0.9", "--set", "must_reach_goal=yes"}, "'must_reach_goal' goes with");
  expect_refused({"solve", file, "--discount", "0.9", "--algorithm", "anderson", "--set", "regularisation=inf"},
                 "regularisation");
}

TEST(BadOption, IsOutOfRange) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.csv", std::string(kHeader) + "0,0,0,1,1\n");
  expect_refused({"solve", file, "--discount", "1.5"}, "must be in [0, 1]");
  expect_refused({"solve", file, "--discount", "1"}, "--criterion average");
  expect_refused({"solve", file, "--discount", "abc"}, "must be a number");
  expect_refused({"solve", file, "--discount", "0.9", "--tolerance", "-1"}, "must be above 0");
  expect_refused({"solve", file, "--discount", "0.9", "--algorithm", "value-iteratoin"}, "value-iteration");
  expect_refused({"solve", file, "--discount", "0.9", "--set", "nonsense"}, "NAME=VALUE");
  expect_refused({"solve", file, "--discount", "0.9", "--initial", "7"}, "--initial is '7'");
  expect_refused({"solve", file, "--reach", "goal"}, "no labels");
  expect_refused({"solve", file}, "what is to be optimised?");
}

}  // namespace
}  // namespace bellwether::test
