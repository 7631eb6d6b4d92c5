#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

TEST(Commands, AnswerHelp) {
  for (const char* command : {"solve", "make", "convert", "list", "bench", "completion"}) {
    const Finished done = run_program({command, "--help"});
    EXPECT_EQ(done.code, 0) << command;
    EXPECT_THAT(done.out, HasSubstr(std::string("usage: bellwether ") + command));
    EXPECT_EQ(run_program({"help", command}).out, done.out);
  }
  EXPECT_THAT(run_program({"help"}).out, HasSubstr("commands:"));
  EXPECT_THAT(run_program({"--version"}).out, testing::StartsWith("bellwether 0."));
  EXPECT_EQ(run_program({}).code, 2);
}

TEST(Commands, ListWhatThereIs) {
  EXPECT_THAT(run_program({"list", "algorithms"}).out, HasSubstr("modified-policy-iteration"));
  EXPECT_THAT(run_program({"list", "instances"}).out, HasSubstr("frozenlake"));
  EXPECT_THAT(run_program({"list", "formats"}).out, HasSubstr("bwm"));
  const Finished unknown = run_program({"list", "animals"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("algorithms, learners, instances"));
}

TEST(Commands, MakeConvertAndSolveAgree) {
  const TemporaryFolder folder;
  const std::string csv = folder.path("lake.csv"), binary = folder.path("lake.bwm"), back = folder.path("back.csv");
  ASSERT_EQ(run_program({"make", "frozenlake", "--size", "8", "-o", csv}).code, 0);
  ASSERT_EQ(run_program({"convert", csv, binary}).code, 0);
  ASSERT_EQ(run_program({"convert", binary, back}).code, 0);
  EXPECT_EQ(read_file(csv), read_file(back));
}

// The content hash of `show` covers the features.
TEST(Commands, MakeKeepsFeaturesWhereTheFormatHasAPlaceAndElseSaysSo) {
  const TemporaryFolder folder;
  const auto hash = [](const std::string& what) {
    const std::string out = run_program({"show", what, "--horizon", "6"}).out;
    const std::size_t at = out.find("content hash");
    return at == std::string::npos ? "no hash of " + what : out.substr(at, out.find('\n', at) - at);
  };
  for (const std::string name : {"linear-mdp", "linear-mixture", "lspi-chain", "linear-aggregation"}) {
    const std::string text = folder.path(name + ".csv"), binary = folder.path(name + ".bwm");
    const Finished made = run_program({"make", name, "-o", text});
    ASSERT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(made.err, "") << name;
    ASSERT_EQ(run_program({"convert", text, binary}).code, 0);
    const std::string named = hash(name);
    EXPECT_THAT(named, HasSubstr("content hash")) << name;
    EXPECT_EQ(hash(text), named) << name;
    EXPECT_EQ(hash(binary), named) << name;
  }
  const Finished lost = run_program({"make", "linear-mdp", "-o", folder.path("m.drn")});
  EXPECT_EQ(lost.code, 0) << lost.err;
  EXPECT_THAT(lost.err, HasSubstr("the format has no place for it: the features of the choices"));
  EXPECT_THAT(run_program({"convert", "--strict", folder.path("linear-mdp.csv"), folder.path("n.umb")}).err,
              HasSubstr("would lose the features of the choices"));
}

TEST(Commands, MakeTakesTheParametersOfTheInstance) {
  const TemporaryFolder folder;
  const std::string file = folder.path("model.csv");
  const Finished garnet = run_program({"make", "-o", file, "garnet", "--states", "7", "--actions", "3"});
  EXPECT_THAT(garnet.out, HasSubstr("7 states, 21 choices"));
  EXPECT_EQ(run_program({"make", "car-rental", "--max-move", "2", "--capacity", "3", "-o", file}).code, 0);
  const Finished help = run_program({"make", "car-rental", "--options"});
  EXPECT_THAT(help.out, HasSubstr("--max-move 5"));
  const auto refused = [&](std::vector<std::string> arguments, const std::string& why) {
    arguments.insert(arguments.begin(), "make");
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr(why));
  };
  refused({"car-rental", "--max-mov", "2", "-o", file}, "did you mean --max-move?");
  refused({"riverswim", "--states", "7", "--size", "7", "-o", file}, "--size and --states are the same parameter");
  refused({"garnt", "--states", "7", "-o", file}, "did you mean 'garnet'?");
  refused({"garnet", "--states", "many", "-o", file}, "option 'states' is 'many', expected a whole number");
}

TEST(Commands, LeaveNothingHalfWritten) {
  const TemporaryFolder folder;
  const std::string bad = folder.write("bad.csv", "state,action,next,probability,reward\n0,0,0,0.5,1\n");
  const std::string out = folder.path("out.bwm");
  EXPECT_EQ(run_program({"convert", bad, out}).code, 2);
  EXPECT_THROW(read_file(out), std::runtime_error);
  EXPECT_EQ(run_program({"make", "frozenlake", "-o", "/nowhere/at/all.csv"}).code, 2);
}

TEST(Commands, CompleteInTheShell) {
  const TemporaryFolder folder;
  const std::string script =
      folder.write("c.bash", run_program({"completion", "bash"}).out +
                                 "COMP_WORDS=(bellwether solve x.csv --algorithm mod); COMP_CWORD=4\n"
                                 "_bellwether; echo \"${COMPREPLY[@]}\"\n");
  FILE* shell = ::popen(("bash " + script).c_str(), "r");
  char line[256] = {};
  ASSERT_NE(std::fgets(line, sizeof line, shell), nullptr);
  ::pclose(shell);
  EXPECT_THAT(std::string(line), HasSubstr("modified-policy-iteration"));
}

}  // namespace
}  // namespace bellwether::test
