#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/refusal.h"
#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

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

TEST_F(BadFile, IsSpokenOfByItsNames) {
  const auto file = [&](const std::string& name, const std::string& head, const std::string& rows) {
    return folder_.write(name, "state,action,next,probability,reward" + head + "\n" + rows);
  };
  const std::string chance =
      file("chance.csv", ",cost:fuel", "home,go,away,0.5,1,1\nhome,go,home,0.5,1,1\naway,back,home,1,2,1\n");
  expect_refused({"convert", chance, folder_.path("chance.POMDP")}, "state away has no action go: ");
  expect_refused({"solve", chance, "--horizon", "3", "--initial", "home", "--objectives", "reward,fuel", "--algorithm",
                  "pareto-value-iteration"},
                 "state home, action go has 2 successors");
  const std::string cycle =
      file("cycle.csv", "", "home,go,away,1,1\nhome,leave,out,1,0\naway,back,home,1,-1\nout,stay,out,1,0\n");
  expect_refused({"solve", cycle, "--criterion", "total"}, "the 2 states around state home");
  const std::string huge = file("huge.csv", ",cost:fuel", "home,go,away,1,1,1\naway,back,home,1,-1,1e308\n");
  expect_refused({"solve", huge, "--discount", "0.9", "--budget", "fuel=3"}, "'fuel' of (s=away, a=back) is 1e+308");
}

// Before Mac OS X a line ended in a carriage return alone; read as newlines expect, the file would be one long line.
TEST_F(BadFile, HasNoNewlines) {
  const std::string said =
      ":1: the lines end in carriage returns alone (old Mac OS); turn them into newlines: tr '\\r'";
  refused("mac.csv", "state,action,next,probability,reward\r0,0,0,1,1\r", "mac.csv" + said);
  refused("mac.tra", "2 1 2\r0 0 0 0.5\r0 0 1 0.5\r", "mac.tra" + said);
  refused("mac.drn", "@type: MDP\r@nr_states\r1\r", "mac.drn" + said);
  refused("mac.MDP", "states: 2\ractions: 1\r", "mac.MDP" + said);
}

TEST_F(BadFile, NamesTheLineOfATableRow) {
  refused("t.MDP", "states: 2\nactions: 1\nT: 0\nidentity\nT: 0 : 1 : 0 0.5\nR: 0 : * : * : * 1\n",
          "t.MDP:5: T: of action 0 in state 1");
}

TEST_F(BadFile, NamesTheLineOfADirective) {
  const std::string rows = std::string(kHeader) + "0,0,0,1,1\n";
  refused("a.csv", "#! discount 0.9\n#! initial 7 1\n" + rows, "a.csv:2: a directive names state '7'");
  refused("b.csv", "# note\n#! label goal 0 8\n" + rows, "b.csv:2: a directive names state '8'");
  refused("c.csv", "#! law 0 5 bernoulli 1\n" + rows, "c.csv:1: a directive names action '5'");
  refused("d.csv", "#! by-transition fuel\n" + rows, "d.csv:1: a directive names column 'fuel'");
  refused("e.csv", "#! discount 0.9\n\n#! expected fuel 0 0 1\n" + rows, "e.csv:3: a directive names column 'fuel'");
  refused("f.csv", "#! discount 0.9\n#! part 3\nstage," + std::string(kHeader) + "0,0,0,0,1,1\n",
          "f.csv:2: a directive speaks of part 3");
}

TEST_F(BadFile, NamesTheLineOfTheListOfActions) {
  refused("m.tra", "# note\n# bellwether: actions [\"go\"]\n1 1 1\n0 0 0 1 stay\n",
          "m.tra:2: action 'stay' is not in the list of action names");
}

TEST_F(BadFile, IsGarbage) {
  std::string garbage(4096, '\0');
  for (std::size_t i = 0; i < garbage.size(); ++i) garbage[i] = static_cast<char>((i * 2654435761U) >> 13);
  refused("garbage.csv", garbage, "garbage.csv:1");
  for (const char* name : {"garbage.bwm", "garbage.umb", "garbage.json", "garbage.drn", "garbage.tra", "garbage.MDP"}) {
    refused(name, garbage, name);
  }
}

/// A binary model that takes a while to solve.
class FileInUse : public testing::Test {
 protected:
  FileInUse() : model_(folder_.path("live.bwm")) {
    EXPECT_EQ(run_program({"make", "garnet", "--states", "20000", "--successors", "10", "-o", model_}).code, 0);
  }
  Finished solve_while(const std::function<void()>& meanwhile) const {
    return run_program_that_maps(model_, meanwhile,
                                 {"solve", model_, "--discount", "0.9999", "--algorithm", "value-iteration",
                                  "--max-iterations", "200", "--quiet"});
  }
  TemporaryFolder folder_;
  const std::string model_;
};

TEST_F(FileInUse, IsCutShort) {
  const Finished done = solve_while([&] { std::filesystem::resize_file(model_, 4096); });
  EXPECT_EQ(done.code, 2) << done.err;
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("live.bwm: was cut short"));
  EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
}

TEST_F(FileInUse, IsWrittenTo) {
  const Finished done = solve_while([&] {
    std::fstream file(model_, std::ios::in | std::ios::out | std::ios::binary);
    const int first = file.get();
    file.seekp(0).put(static_cast<char>(first));
  });
  EXPECT_EQ(done.code, 2) << done.err;
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("live.bwm: was changed while it was read"));
}

TEST_F(FileInUse, IsRenamedAndWrittenTo) {
  const Finished done = solve_while([&] {
    const std::string elsewhere = folder_.path("elsewhere.bwm");
    std::filesystem::rename(model_, elsewhere);
    folder_.write("live.bwm", "another file");
    std::fstream file(elsewhere, std::ios::in | std::ios::out | std::ios::binary);
    const int first = file.get();
    file.seekp(0).put(static_cast<char>(first));
  });
  EXPECT_EQ(done.code, 2) << done.err;
  EXPECT_THAT(done.err, HasSubstr("live.bwm: was changed while it was read"));
}

TEST_F(FileInUse, MayBeReplaced) {
  const std::string other = folder_.write("other", "another file");
  const Finished done = solve_while([&] { std::filesystem::rename(other, model_); });
  EXPECT_EQ(done.code, 0) << done.err;
}

TEST(BadOption, IsUnknown) {
  expect_refused({"solve", "x.csv", "--discuont", "0.9"}, "did you mean --discount?");
  expect_refused({"sovle"}, "did you mean 'solve'?");
  expect_refused({"solve", "x.csv", "--algorithm"}, "--algorithm needs a value");
  expect_refused({"solve", "x.csv", "y.csv"}, "'y.csv' is one argument too many");
}

TEST(BadOption, IsNearlyAKnownWord) {
  const TemporaryFolder folder;
  const std::string header = "#! label goal 0\n#! label trap 0\nstate,action,next,probability,reward,reward:fuel\n",
                    file = folder.write("m.csv", header + "0,0,0,1,1,2\n");
  expect_refused({"solve", file, "--criterion", "avrage"}, "must be one of discounted, finite, total and average");
  expect_refused({"solve", file, "--criterion", "avrage"}, "; did you mean 'average'?");
  expect_refused({"solve", file, "--criterion", "disc"}, "; did you mean 'discounted'?");
  expect_refused({"solve", file, "--reach", "gaol"},
                 "option --reach is 'gaol', but the model's labels are 'goal' and 'trap'; did you mean 'goal'?");
  expect_refused({"solve", file, "--goal", "TRAP"}, "option --goal is 'TRAP'");
  expect_refused({"solve", file, "--goal", "TRAP"}, "; did you mean 'trap'?");
  expect_refused({"solve", file, "--discount", "0.9", "--rewards", "fule"},
                 "option --rewards is 'fule', but the model's reward structures are 'reward' and 'fuel'; did you mean "
                 "'fuel'?");
  expect_refused({"convert", file, folder.path("o.csv"), "--rewards", "fule"}, "did you mean 'fuel'?");
  expect_refused({"solve", file, "--discount", "0.9", "--format", "cvs"}, "did you mean 'csv'?");
  expect_refused({"list", "algoritms"}, "did you mean 'algorithms'?");
  expect_refused({"list", "zebras"},
                 "'zebras' is none of algorithms, learners, instances, experiments, claims, papers and formats\n");
  expect_refused({"help", "convrt"}, "did you mean 'convert'?");
}

TEST(BadOption, ListsAFewOfManyNames) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 30; ++i) text += "#! label room" + std::to_string(i) + " 0\n";
  const std::string file = folder.write("m.csv", text + kHeader + "0,0,0,1,1\n");
  expect_refused({"solve", file, "--reach", "kitchen"}, "'room9', 'room10' and 19 others\n");
}

TEST(BadOption, NamesAnOutputOfNoKnownKind) {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.csv", std::string(kHeader) + "0,0,0,1,1\n");
  for (const char* name : {"policy", "policy.txt", "policy.json.zip"})
    expect_refused({"solve", file, "--discount", "0.9", "-o", folder.path(name)}, "must be .csv or .json");
  expect_refused({"solve", file, "--discount", "0.9", "-o", folder.path("no/where.json")}, "folder does not exist");
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
  expect_refused({"solve", file, "--horizon", "3", "--max-iterations", "3"},
                 "--max-iterations does not go with auto and a finite horizon");
  expect_refused({"solve", file, "--discount", "0.9", "--relative"}, "'relative' goes with total rewards");
  expect_refused({"solve", file, "--discount", "0.9", "--set", "must_reach_goal=yes"}, "'must_reach_goal' goes with");
  expect_refused({"solve", file, "--discount", "0.9", "--algorithm", "anderson", "--set", "regularisation=inf"},
                 "regularisation");
}

TEST(BadOption, IsOutOfRange) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.csv", std::string(kHeader) + "0,0,0,1,1\n");
  for (const char* value : {"1.5", "-0.1", "nan", "inf"}) {
    expect_refused({"solve", file, "--discount", value},
                   "must be a number of at least 0 and below 1; without discounting use --criterion average");
  }
  expect_refused({"solve", file, "--horizon", "3", "--discount", "1.5"}, "option --discount is '1.5'");
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
