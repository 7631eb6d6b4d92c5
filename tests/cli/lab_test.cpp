// Labs as a student and as a lecturer type them.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// For programs that are started meanwhile.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* set = std::getenv(name)) before_ = set;
    ::setenv(name, value.c_str(), 1);
  }
  ~EnvironmentVariable() {
    if (before_)
      ::setenv(name_, before_->c_str(), 1);
    else
      ::unsetenv(name_);
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

/// Puts a right index between the marks.
void solve_ucb(const std::string& path) {
  std::string text = read_file(path);
  const std::size_t from = text.find('\n', text.find("--- fill in")) + 1, to = text.find("  // --- to here");
  text.replace(from, to - from,
               "  if (pulls == 0) return kInfinity;\n"
               "  return total / pulls + std::sqrt(alpha * std::log(round) / (2 * pulls));\n");
  std::ofstream(path) << text;
}

TEST(Lab, GoesFromTheEmptyFileToAPass) {
  const TemporaryFolder root;
  const std::string folder = root.path("mine");
  EXPECT_THAT(run_program({"lab", "list"}).out, AllOf(HasSubstr("value-iteration"), HasSubstr("ucbvi")));
  const Finished made = run_program({"lab", "new", "ucb", "--student", "ada", "-o", folder});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("fill in " + folder + "/ucb.cpp"));
  const Finished given = run_program({"lab", "grade"}, folder);  // the folder one stands in
  EXPECT_EQ(given.code, 1);
  EXPECT_THAT(given.out, AllOf(HasSubstr("there is no bonus"), HasSubstr("not yet: 1 of 3 checks pass")));
  solve_ucb(folder + "/ucb.cpp");
  const Finished done = run_program({"lab", "grade", folder});
  EXPECT_EQ(done.code, 0) << done.out;
  EXPECT_THAT(done.out, HasSubstr("\npassed\n"));
}

TEST(Lab, LooksAtEveryWord) {
  const TemporaryFolder root;
  const auto expect_refused = [&](const std::vector<std::string>& words, const std::string& said) {
    const Finished done = run_program(words, root.path(""));
    EXPECT_EQ(done.code, 2) << done.out;
    EXPECT_THAT(done.err, HasSubstr(said));
  };
  expect_refused({"lab"}, "One of list, new and grade");
  expect_refused({"lab", "list", "extra"}, "'extra' is one argument too many");
  expect_refused({"lab", "new", "ucb", "--student", "ada", "--json"}, "lab new: --json does not go with it");
  expect_refused({"lab", "grade", "--student", "ada"}, "lab grade: --student does not go with it");
  EXPECT_FALSE(std::filesystem::exists(root.path("ucb-ada")));
}

TEST(Lab, RefusesAPlaceForTheTableBeforeItGrades) {
  const TemporaryFolder root;
  ASSERT_EQ(run_program({"lab", "new", "ucb", "--student", "ada", "-o", root.path("class/ada")}).code, 0);
  const Finished done =
      run_program({"lab", "grade", "--all", root.path("class"), "-o", root.path("nosuch/grades.csv")});
  EXPECT_EQ(done.code, 2);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("nosuch/grades.csv: cannot be written: its folder does not exist"));
}

TEST(Lab, GradesAClass) {
  const TemporaryFolder root;
  for (const char* student : {"ada", "bob", "eve"})
    ASSERT_EQ(
        run_program({"lab", "new", "ucb", "--student", student, "-o", root.path(std::string("class/") + student)}).code,
        0);
  solve_ucb(root.path("class/ada/ucb.cpp"));
  std::ofstream(root.path("class/bob/ucb.cpp")) << "this is, \"quoted\", no program\n";
  std::filesystem::copy(root.path("class/ada"), root.path("class/thief"));
  std::filesystem::create_directories(root.path("class/broken"));
  root.write("class/broken/lab.toml", "nothing");
  const Finished done = run_program({"lab", "grade", "--all", root.path("class")});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out,
              testing::StartsWith("student,lab,passed,points,of,stage,folder,why_not\nada,ucb,1,3,3,judged,"));
  EXPECT_THAT(done.out, AllOf(HasSubstr("bob,ucb,0,0,3,does not compile,"), HasSubstr("eve,ucb,0,1,3,judged,"),
                              HasSubstr(",,0,0,0,no lab,")));
  EXPECT_THAT(done.err, HasSubstr("are both lab ucb of student ada"));
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 6);
  const Finished json = run_program({"lab", "grade", "--all", root.path("class"), "--json", "--threads", "1"});
  const auto rows = nlohmann::json::parse(json.out);
  ASSERT_EQ(rows.size(), 5u) << "a row a folder, as in the table";
  EXPECT_EQ(rows[2]["stage"], "no lab");
  EXPECT_EQ(rows[2]["folder"], root.path("class/broken"));
  EXPECT_THAT(rows[2]["trouble"].get<std::string>(), HasSubstr("broken/lab.toml"));
  EXPECT_EQ(rows[0]["folder"], root.path("class/ada"));
  EXPECT_EQ(rows[0]["student"], "ada");
  const std::string csv = root.path("grades.csv");
  EXPECT_EQ(run_program({"lab", "grade", "--all", root.path("class"), "-o", csv}).out, csv + ": 2 of 5 passed\n");
  EXPECT_EQ(read_file(csv), done.out);
}

TEST(Lab, TellsOfAllTwinsInOneLine) {
  const TemporaryFolder root;
  ASSERT_EQ(run_program({"lab", "new", "ucb", "--student", "ada", "-o", root.path("class/a")}).code, 0);
  for (const char* name : {"class/b", "class/c"}) std::filesystem::copy(root.path("class/a"), root.path(name));
  const Finished done = run_program({"lab", "grade", "--all", "class"}, root.path(""));
  EXPECT_EQ(done.err, "bellwether: class/a, class/b and class/c are all lab ucb of student ada\n");
}

/// A loop without an end, in which a signal finds it: it leaves a file where it begins (SIGTERM: shells start
/// background jobs that ignore SIGINT).
TEST(Lab, CountsWhatWasStopped) {
  const TemporaryFolder root;
  ASSERT_EQ(run_program({"lab", "new", "ucb", "--student", "ada", "-o", root.path("class/a")}).code, 0);
  std::string text = read_file(root.path("class/a/ucb.cpp"));
  const std::size_t from = text.find('\n', text.find("--- fill in")) + 1;
  const std::string begun = root.path("begun");
  text.insert(from, "std::ofstream(\"" + begun + "\");\nfor (;;) total += round;\n");
  std::ofstream(root.path("class/a/ucb.cpp")) << "#include <fstream>\n" << text;
  std::filesystem::create_directories(root.path("tmp"));
  const EnvironmentVariable here("TMPDIR", root.path("tmp"));
  const Interrupt at_work{.signal = SIGTERM, .once_there = begun};
  const Finished all = interrupt_program(
      at_work, {"lab", "grade", "--all", "class", "-o", "grades.csv", "--seconds", "300"}, root.path(""));
  EXPECT_EQ(all.code, 1);
  EXPECT_EQ(all.out, "grades.csv: 0 of 1 passed, 1 not graded\n") << all.err;
  EXPECT_THAT(read_file(root.path("grades.csv")), HasSubstr(",,0,0,0,not graded,class/a,not graded: stopped"));
  ASSERT_TRUE(std::filesystem::remove(begun));
  const Finished one = interrupt_program(at_work, {"lab", "grade", "class/a", "--seconds", "300"}, root.path(""));
  EXPECT_EQ(one.code, 2);
  EXPECT_EQ(one.err, "bellwether: not graded: stopped\n");
  EXPECT_TRUE(std::filesystem::is_empty(root.path("tmp"))) << "temporary folders are left";
}

TEST(Lab, NamesThePlaceForTemporaryFilesThatIsNotThere) {
  const TemporaryFolder root;
  ASSERT_EQ(run_program({"lab", "new", "ucb", "--student", "ada", "-o", root.path("class/a")}).code, 0);
  const EnvironmentVariable nowhere("TMPDIR", "/nonexistent");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"lab", "grade", "class/a"}, {"lab", "grade", "--all", "class"}}) {
    const Finished done = run_program(words, root.path(""));
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr("bellwether: no temporary folder can be made in /nonexistent"));
  }
}

TEST(Lab, SpeaksJson) {
  const TemporaryFolder root;
  const std::string folder = root.path("mine");
  ASSERT_EQ(run_program({"lab", "new", "value-iteration", "--student", "ada", "-o", folder}).code, 0);
  const Finished done = run_program({"lab", "grade", folder, "--json"});
  EXPECT_EQ(done.code, 1);
  const auto json = nlohmann::json::parse(done.out);
  EXPECT_EQ(json["folder"], folder);
  EXPECT_EQ(json["lab"], "value-iteration");
  EXPECT_EQ(json["stage"], "judged");
  EXPECT_FALSE(json["passed"]);
  EXPECT_EQ(json["of"], 5);
  ASSERT_EQ(json["checks"].size(), 5u);
  EXPECT_EQ(json["checks"][0]["name"], "backup");
}

TEST(Lab, SaysWhatWasTypedWrong) {
  const TemporaryFolder root;
  const auto refused = [&](std::vector<std::string> arguments, const std::string& why) {
    arguments.insert(arguments.begin(), "lab");
    const Finished done = run_program(arguments, root.path(""));
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr(why));
  };
  refused({}, "lab: what? One of list, new and grade");
  refused({"gade"}, "did you mean 'grade'?");
  refused({"new", "ubc", "--student", "x"}, "did you mean 'ucb'?");
  refused({"new", "ucb"}, "for whom?");
  refused({"new", "--student", "x"}, "which lab?");
  refused({"new", "ucb", "--student", "a b"}, "student id is 'a b'");
  refused({"grade"}, "is no folder of a lab");
  refused({"grade", "--all", root.path("")}, "no folder of a lab");
  refused({"grade", "-o", "x.csv"}, "--out goes with --all");
  refused({"grade", "--threads", "2"}, "--threads goes with --all");
  EXPECT_EQ(run_program({"lab", "new", "ucb", "--student", "x"}, root.path("")).code, 0);
  refused({"new", "ucb", "--student", "x"}, "is there already");
  refused({"grade", "ucb-x", "--compiler", "no-such"}, "cannot be started");
}

}  // namespace
}  // namespace bellwether::test
