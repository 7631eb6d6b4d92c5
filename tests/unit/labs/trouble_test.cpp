// What goes wrong around a student's work: nobody loses points for it, and nobody else's grade.
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/errors.h"
#include "tests/unit/labs/solutions.h"

namespace bellwether::test {
namespace {

namespace fs = std::filesystem;
using labs::NotGraded;
using labs::Stage;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

constexpr uid_t kNobody = 65534;

/// Root may read everything: somebody else's rights for a while.
class Unprivileged {
 public:
  explicit Unprivileged(const std::string& folder) : root_(::geteuid() == 0) {
    fs::permissions(folder, fs::perms(0777));
    if (root_ && ::seteuid(kNobody) != 0) throw std::runtime_error("no other user");
  }
  ~Unprivileged() {
    if (root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool root_;
};

/// No file grows beyond this: what a full disk does, for writers that look.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{.rlim_cur = bytes, .rlim_max = limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  void (*before_)(int);
  rlimit limit_{};
};

const labs::Ticket& ticket() {
  static const labs::Ticket ticket{.lab = &labs::find_lab("ucb"), .student = "ada"};
  return ticket;
}

/// The why of a NotGraded; what was graded instead, when there was a grade.
std::string not_graded(const Homework& homework, const labs::GradeOptions& options = {}) {
  try {
    return "graded: " + all_texts(homework.grade(options));
  } catch (const NotGraded& error) {
    return error.what();
  }
}

TEST(OneBadFolder, KeepsNobodyElseFromAGrade) {
  const TemporaryFolder root;
  for (const char* name : {"class/ada", "class/closed", "class/pipe"})
    labs::write_folder(ticket(), root.path(name), "bellwether");
  fill_in(root.path("class/ada/ucb.cpp"), solution_of("ucb"));
  fs::remove(root.path("class/pipe/lab.toml"));
  ASSERT_EQ(::mkfifo(root.path("class/pipe/lab.toml").c_str(), 0644), 0);
  fs::permissions(root.path("class/closed"), fs::perms(0644));
  std::vector<labs::Graded> all;
  {
    const Unprivileged nobody(root.path(""));
    all = labs::grade_all(labs::find_folders(root.path("class")));
  }
  fs::permissions(root.path("class/closed"), fs::perms(0755));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_TRUE(all[0].grade && all[0].grade->passed()) << all[0].trouble;
  EXPECT_EQ(all[1].stage, Stage::kNotGraded);
  EXPECT_EQ(all[1].trouble, root.path("class/closed/lab.toml") + ": cannot be read: Permission denied");
  EXPECT_EQ(all[2].stage, Stage::kNoLab);
  EXPECT_EQ(all[2].trouble, root.path("class/pipe/lab.toml") + " is no regular file");
}

TEST(OneBadFolder, IsARowEvenWhenNothingCanBeSeenInIt) {
  const TemporaryFolder root;
  fs::create_directories(root.path("class/closed"));
  fs::permissions(root.path("class/closed"), fs::perms(0));
  const Unprivileged nobody(root.path(""));
  EXPECT_THAT(labs::find_folders(root.path("class")), testing::ElementsAre(root.path("class/closed")));
}

TEST(OneBadFolder, MayBeOneWithoutATicket) {
  const TemporaryFolder root;
  labs::write_folder(ticket(), root.path("ada"), "bellwether");
  fs::create_directories(root.path("ada/kept"));
  fs::copy(root.path("ada/ucb.cpp"), root.path("ada/kept/ucb.cpp"));  // a copy of one's own is no hand-in
  fs::create_directories(root.path("bob/deep"));
  fs::copy(root.path("ada/ucb.cpp"), root.path("bob/deep/ucb.cpp"));
  fs::create_directories(root.path("slides"));
  const std::vector<std::string> folders = labs::find_folders(root.path(""));
  ASSERT_THAT(folders, testing::ElementsAre(root.path("ada"), root.path("bob/deep")));
  const std::vector<labs::Graded> all = labs::grade_all({&folders[1], 1});
  EXPECT_EQ(all[0].stage, Stage::kNoLab);
  EXPECT_THAT(all[0].trouble, AllOf(HasSubstr("lab.toml: no such file"), HasSubstr("`lab new` makes one")));
}

TEST(TheStudentsFile, MustBeAFileThatCanBeRead) {
  const Homework homework("ucb", "grace");
  const std::string file = homework.folder() + "/ucb.cpp";
  {
    fs::permissions(file, fs::perms(0));
    const Unprivileged nobody(fs::path(homework.folder()).parent_path().string());
    EXPECT_THAT(not_graded(homework), HasSubstr("ucb.cpp: cannot be read: Permission denied"));
  }
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0644), 0);
  EXPECT_EQ(homework.grade().trouble, file + " is no regular file");
}

TEST(TheStudentsFile, IsToldThatItIsNoUtf8) {
  const Homework homework("ucb", "grace");
  std::ofstream(homework.folder() + "/ucb.cpp") << std::string("\xff\xfe#\0i\0n\0", 8);
  const labs::Grade grade = homework.grade();
  EXPECT_EQ(grade.stage, Stage::kNotCompiled);
  EXPECT_EQ(grade.trouble, "ucb.cpp is no UTF-8 text (it looks like UTF-16): save it as UTF-8");
}

TEST(TheStudentsFile, WithoutTheFunctionIsToldTheSameEveryTime) {
  const Homework homework("ucb", "grace");
  std::ofstream(homework.folder() + "/ucb.cpp") << "";
  for (int i = 0; i < 2; ++i) {
    const labs::Grade grade = homework.grade();
    EXPECT_EQ(grade.stage, Stage::kNotCompiled);
    EXPECT_EQ(grade.trouble, "ucb.cpp does not define ucb_index() as it was given");
  }
  std::ofstream(homework.folder() + "/ucb.cpp") << "double help(); extern \"C\" double ucb_index() { return help(); }";
  EXPECT_EQ(homework.grade().trouble, "ucb.cpp cannot be loaded: undefined symbol: _Z4helpv");
}

TEST(Disk, ThatIsFullCostsNobodyPoints) {
  const Homework homework("ucb", "grace", solution_of("ucb"));
  for (const rlim_t bytes : {rlim_t{1000}, rlim_t{2500}, rlim_t{8000}}) {  // the file, the file or lab.h, the compiler
    const SmallFiles small(bytes);
    EXPECT_THAT(not_graded(homework), HasSubstr("File too large")) << bytes;
  }
  EXPECT_TRUE(homework.grade().passed());
}

TEST(Disk, WithoutAPlaceForTemporaryFilesIsNamed) {
  const Homework homework("ucb", "grace");
  EXPECT_EQ(not_graded(homework, {.scratch = "/nonexistent"}),
            "no temporary folder can be made in /nonexistent: No such file or directory");
  const std::string folder = homework.folder();
  EXPECT_THAT(
      [&] {
        labs::grade_all({&folder, 1}, {.scratch = "/nonexistent"});
      },
      ThrowsMessage<NotGraded>(HasSubstr("in /nonexistent")));
}

TEST(Disk, ThatIsFullLeavesNoHalfAFolder) {
  const TemporaryFolder root;
  const std::string folder = root.path("deep/ada");
  for (const rlim_t bytes : {rlim_t{10}, rlim_t{1500}}) {  // nothing fits, some do
    const SmallFiles small(bytes);
    EXPECT_THAT([&] { labs::write_folder(ticket(), folder, "bellwether"); },
                ThrowsMessage<InvalidOption>(AllOf(HasSubstr(folder), HasSubstr("ile too large"))));
    EXPECT_FALSE(fs::exists(folder)) << bytes;
  }
  labs::write_folder(ticket(), folder, "bellwether");
  EXPECT_TRUE(fs::exists(folder + "/ucb.cpp"));
}

TEST(Compiling, HasALimitOfMemory) {
  const Homework homework("ucb", "grace");
  std::ofstream(homework.folder() + "/ucb.cpp") << "#include \"/dev/zero\"\n";
  const labs::Grade grade = homework.grade({.compiling = {.seconds = 60, .memory = std::size_t{1} << 29}});
  EXPECT_EQ(grade.stage, Stage::kNotCompiled);
  EXPECT_EQ(grade.trouble, "compiling asks for more than 512 MB of memory");
}

TEST(Compiling, HasALimitOfTime) {
  const Homework homework("ucb", "grace");
  std::ofstream(homework.folder() + "/ucb.cpp")
      << "template <int N> constexpr int slow() { int s = N; for (int i = 0; i < 200; ++i) for (int j = 0; j < 100000; "
         "++j) s ^= j; return s; }\n"
         "static_assert(slow<0>() + slow<1>() + slow<2>() + slow<3>() != 7);\n";
  const labs::Grade grade = homework.grade({.compiling = {.seconds = 1}});
  EXPECT_EQ(grade.stage, Stage::kNotCompiled);
  EXPECT_EQ(grade.trouble, "compiling took longer than 1 seconds of processor time");
}

TEST(Compiling, IsNotTheStudentsFaultWhenTheCompilerFails) {
  const TemporaryFolder root;
  const Homework homework("ucb", "grace", solution_of("ucb"));
  const auto with = [&](const std::string& script) {
    const std::string path = root.write("compiler", "#!/bin/sh\n" + script + "\n");
    fs::permissions(path, fs::perms(0755));
    return not_graded(homework, {.compiler = path});
  };
  EXPECT_THAT(not_graded(homework, {.compiler = "/bin/true"}), HasSubstr("'/bin/true' says that all is well"));
  EXPECT_THAT(with("kill -9 $$"), HasSubstr("was killed (SIGKILL) after 0"));
  EXPECT_THAT(with("echo 'g++: fatal error: Killed signal terminated program cc1plus'; exit 1"),
              HasSubstr("names no error of the file: g++: fatal error: Killed signal"));
  EXPECT_THAT(
      with("echo \"ucb.cpp:9:1: fatal error: error writing to $TMPDIR/ccAb12Z9.s: No space left on device\"; exit 1"),
      AllOf(HasSubstr("writing to temporary.s: No space left on device"), Not(HasSubstr("bellwether-lab"))));
}

TEST(Killed, IsNotAnEndlessLoop) {
  const Homework homework("ucb", "grace");
  const std::string given = read_file(homework.folder() + "/ucb.cpp");
  std::ofstream(homework.folder() + "/ucb.cpp") << "#include <csignal>\n" << given;
  fill_in(homework.folder() + "/ucb.cpp", "std::raise(SIGKILL); return total + pulls + round + alpha;\n");
  const labs::Grade killed = homework.grade();
  EXPECT_EQ(killed.stage, Stage::kStopped);
  EXPECT_THAT(killed.trouble, AllOf(HasSubstr("ucb_index() was killed (SIGKILL) after 0."),
                                    HasSubstr("seconds of processor time, with "), Not(HasSubstr("loop"))));
}

TEST(Stopped, LeavesNothingBehind) {
  const TemporaryFolder root;
  const Homework homework("ucb", "grace", "for (;;) total += round;");
  int asked = 0;
  labs::GradeOptions options{.scratch = root.path("")};
  options.limits.stopped = [&] { return ++asked > 30; };
  EXPECT_EQ(not_graded(homework, options), "not graded: stopped");
  EXPECT_TRUE(fs::is_empty(root.path("")));
}

}  // namespace
}  // namespace bellwether::test
