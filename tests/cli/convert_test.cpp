#include <cmath>
#include <filesystem>
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
using testing::Not;

// Observations after moves that never happen have no place in UMB; what comes back is a model all the same.
TEST(Convert, KeepsPartlyObservedModelsReadable) {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.POMDP",
                                        "discount: 0.95\n"
                                        "values: reward\n"
                                        "states: left right\n"
                                        "actions: listen open\n"
                                        "observations: gl gr\n"
                                        "start: uniform\n"
                                        "T: listen\n"
                                        "identity\n"
                                        "T: open : * : right 1\n"
                                        "O: listen\n"
                                        "0 1\n"
                                        "1 0\n"
                                        "O: open\n"
                                        "1 0\n"
                                        "1 0\n"
                                        "R: listen : * : * : * -1\n");
  const std::string umb = folder.path("m.umb"), bwm = folder.path("m.bwm"), back = folder.path("back.POMDP");
  EXPECT_EQ(run_program({"convert", file, umb}).code, 0);
  EXPECT_EQ(run_program({"convert", umb, bwm}).code, 0);
  EXPECT_EQ(run_program({"convert", bwm, back}).code, 0);
  const Finished again = run_program({"convert", back, folder.path("again.umb")});
  EXPECT_EQ(again.code, 0) << again.err;
}

/// A model in PRISM's files m.tra, m.lab and m.srew.
std::string prism_model(const TemporaryFolder& folder) {
  const std::string csv = folder.write("m.csv", kNamed), tra = folder.path("m.tra");
  EXPECT_EQ(run_program({"convert", csv, tra}).code, 0);
  return tra;
}

TEST(Convert, LeavesTheFilesOfAModelThatIsCompressedOtherwise) {
  const TemporaryFolder folder;
  const std::string tra = prism_model(folder), labels = read_file(folder.path("m.lab"));
  const json before = solve_json(tra, {"--reach", "goal"});
  const Finished done = run_program({"convert", tra, folder.path("m.tra.xz")});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.err, "");
  EXPECT_EQ(read_file(folder.path("m.lab")), labels);
  EXPECT_EQ(solve_json(tra, {"--reach", "goal"})["values"], before["values"]);
  EXPECT_EQ(solve_json(folder.path("m.tra.xz"), {"--reach", "goal"})["values"], before["values"]);
  // Each reads its own: a label file beside the plain model changes nothing for the compressed one.
  folder.write("m.lab", "0=\"init\" 1=\"goal\"\n0: 0\n");
  EXPECT_EQ(solve_json(folder.path("m.tra.xz"), {"--reach", "goal"})["values"], before["values"]);
  EXPECT_EQ(run_program({"solve", tra, "--reach", "goal"}).code, 2);  // no state carries it
}

TEST(Convert, NamesWhatLiesBesideItAndRemovesNothingOfOthers) {
  const TemporaryFolder folder;
  const std::string csv = folder.write("m.csv", kNamed);
  folder.write("m.lab", "0=\"init\"\n0: 0\n");  // has a twin m.lab.xz, which is read instead
  const std::string rewards = folder.write("m7.srew", "# State rewards\n6 1\n0 1\n");
  const Finished done = run_program({"convert", csv, folder.path("m.tra.xz")});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.err, HasSubstr("m7.srew lies beside it (it will be read with it)"));
  EXPECT_THAT(done.err, Not(HasSubstr("m.lab")));
  EXPECT_EQ(read_file(folder.path("m.lab")), "0=\"init\"\n0: 0\n");
  EXPECT_EQ(read_file(rewards), "# State rewards\n6 1\n0 1\n");
}

TEST(Convert, RemovesOlderFilesOfTheModelItReplacesButNoLinks) {
  const TemporaryFolder folder;
  const std::string tra = prism_model(folder), precious = folder.write("precious.srew", "6 0\n");
  const std::string older = folder.write("m8.srew", "6 0\n");
  std::filesystem::create_symlink(precious, folder.path("m9.srew"));
  const Finished done = run_program({"convert", folder.path("m.csv"), tra});
  EXPECT_EQ(done.code, 0);
  EXPECT_FALSE(std::filesystem::exists(older));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("m9.srew")));
  EXPECT_THAT(done.err, HasSubstr("m9.srew lies beside it"));
  EXPECT_EQ(read_file(precious), "6 0\n");
}

TEST(Convert, StrictSpeaksOfTheFileThatWasNamed) {
  const TemporaryFolder folder;
  // A state with fewer actions than another has no place in this format.
  const std::string uneven =
      folder.write("uneven.csv", "state,action,next,probability,reward\n0,0,1,1,0\n0,1,0,1,0\n1,0,1,1,0\n");
  const Finished refused = run_program({"convert", "--strict", uneven, folder.path("uneven.MDP")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("output " + folder.path("uneven.MDP") + ": state 1 has no action 1"));
}

TEST(Convert, StrictLeavesNothingBehind) {
  const TemporaryFolder folder;
  const std::string csv = folder.write("m.csv", kPuterman);
  const auto entries = [&] {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path("")))
      names.push_back(entry.path().filename().string());
    return names;
  };
  EXPECT_EQ(run_program({"convert", "--strict", csv, folder.path("m.tra")}).code, 0);
  EXPECT_THAT(entries(), testing::UnorderedElementsAre("m.csv", "m.tra", "m.lab", "m.trew"));
  EXPECT_FALSE(std::filesystem::exists("/dev/null.lab"));
  const Finished lossy = run_program({"convert", "--strict", csv, folder.path("m_P.bin")});  // a format of two files
  EXPECT_EQ(lossy.code, 2);
  EXPECT_THAT(lossy.err, HasSubstr("the sign of the rewards"));
  EXPECT_EQ(entries().size(), 4U);
}

TEST(Convert, RefusesADeviceForAFormatOfSeveralFiles) {
  const TemporaryFolder folder;
  const Finished done = run_program({"convert", folder.write("m.csv", kPuterman), "/dev/stdout", "--to", "prism"});
  EXPECT_EQ(done.code, 2);
  EXPECT_FALSE(std::filesystem::exists("/dev/stdout.lab"));
}

}  // namespace
}  // namespace bellwether::test
