#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/io/formats.h"
#include "tests/unit/labs/solutions.h"

#include "labs/diagnosis.h"

namespace bellwether::test {
namespace {

using labs::Stage;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class EveryLab : public testing::TestWithParam<std::string> {};

TEST_P(EveryLab, RunsAsGivenAndDoesNotPass) {
  const Homework homework(GetParam(), "grace");
  const labs::Grade grade = homework.grade();
  EXPECT_EQ(grade.stage, Stage::kJudged) << grade.trouble;
  EXPECT_FALSE(grade.passed());
  EXPECT_TRUE(grade.hints.empty()) << grade.hints.front();  // what we hand out compiles without a warning
  EXPECT_EQ(grade.checks.size(), static_cast<std::size_t>(grade.most_points()));
}

TEST_P(EveryLab, TheReferencePassesForEveryStudent) {
  for (const char* student : {"grace", "b.r.k@somewhere", "007"}) {
    const labs::Grade grade = Homework(GetParam(), student, solution_of(GetParam())).grade();
    EXPECT_TRUE(grade.passed()) << student << "\n" << all_texts(grade);
  }
}

TEST_P(EveryLab, GivesEveryStudentAnotherInstance) {
  const labs::Lab& lab = labs::find_lab(GetParam());
  std::set<std::vector<double>> seen;
  for (int i = 0; i < 30; ++i) {
    const auto exam = labs::exam_of(lab, std::to_string(i));
    std::vector<double> numbers(exam->model().reward().begin(), exam->model().reward().end());
    numbers.insert(numbers.end(), exam->model().probability().begin(), exam->model().probability().end());
    for (const labs::Parameter& p : exam->parameters()) numbers.push_back(p.value);
    EXPECT_TRUE(seen.insert(numbers).second) << i;
  }
  const auto twice = [&] { return labs::exam_of(lab, "grace"); };
  EXPECT_EQ(twice()->model().data(), twice()->model().data());
}

TEST_P(EveryLab, WritesItsModel) {
  const Homework homework(GetParam(), "grace");
  const auto file = mdp::read_model(homework.folder() + "/instance.csv");
  EXPECT_EQ(file.model.num_choices(), labs::exam_of(labs::find_lab(GetParam()), "grace")->model().num_choices());
  EXPECT_THAT(read_file(homework.folder() + "/README.md"), HasSubstr("lab grade"));
}

INSTANTIATE_TEST_SUITE_P(Labs, EveryLab, testing::Values("value-iteration", "q-learning", "ucb", "ucbvi"),
                         [](const auto& row) {
                           std::string name = row.param;
                           std::erase(name, '-');
                           return name;
                         });

labs::Grade graded(const std::string& body, double seconds = 30) {
  return Homework("ucb", "grace", "(void)total; (void)pulls; (void)round; (void)alpha;\n" + body)
      .grade({.limits = {.seconds = seconds}});
}

void expect_stopped(const labs::Grade& grade, const std::string& why) {
  EXPECT_EQ(grade.stage, Stage::kStopped);
  EXPECT_THAT(grade.trouble, AllOf(HasSubstr("ucb_index()"), HasSubstr(why)));
  EXPECT_FALSE(grade.passed());
}

TEST(Grading, TellsACrash) {
  expect_stopped(graded("volatile int* nowhere = nullptr; *nowhere = 1; return 0;"), "memory that is not its own");
  expect_stopped(graded("volatile int zero = 0; return round / zero;"), "divided by zero");
}

TEST(Grading, TellsWhereItCrashed) {
  expect_stopped(graded("if (pulls == 0) throw std::runtime_error(\"no pulls\"); return 0;"),
                 "threw an exception: no pulls, for an arm that was never pulled");
}

TEST(Grading, TellsAnIndexOutOfRange) {
  const labs::Grade grade =
      Homework("value-iteration", "grace", solution_of("value-iteration", {{"value[next.state(i)]", "value[100]"}}))
          .grade();
  EXPECT_EQ(grade.stage, Stage::kStopped);
  EXPECT_THAT(grade.trouble, HasSubstr("there is no number 100"));
}

TEST(Grading, TellsAnEndlessLoop) {
  expect_stopped(graded("volatile bool on = true; while (on) {} return 0;", 1), "did not end within 1 second");
}

TEST(Grading, TellsAnEndlessLoopThatSleeps) {
  const labs::Apart run = labs::run_apart(
      [](labs::Place&) -> std::vector<double> {
        for (;;) ::pause();
      },
      {.seconds = 0.1});
  EXPECT_FALSE(run.finished);
  EXPECT_THAT(run.trouble, HasSubstr("did not end"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Grading, TellsThatMemoryIsGone) {
  expect_stopped(graded("std::string all; for (;;) all += std::string(1 << 20, 'x');"), "more than 1024 MB of memory");
}
#endif

TEST(Grading, TellsWhoLeaves) { expect_stopped(graded("std::exit(0);"), "ended the program by itself"); }

TEST(Grading, TellsWhatIsNoNumber) {
  const labs::Grade grade = graded("return std::sqrt(-1.0);");
  EXPECT_EQ(grade.stage, Stage::kJudged);
  EXPECT_FALSE(grade.passed());
  EXPECT_THAT(check_of(grade, "first pulls").text, HasSubstr("not a number"));
  EXPECT_THAT(check_of(grade, "regret").text, HasSubstr("grows linearly"));
}

TEST(Grading, ShowsTheCompilersWords) {
  const labs::Grade grade = graded("return totl;");
  EXPECT_EQ(grade.stage, Stage::kNotCompiled);
  EXPECT_THAT(grade.trouble, AllOf(testing::ContainsRegex("^ucb.cpp:[0-9]+:[0-9]+: error: "), HasSubstr("totl")));
  EXPECT_EQ(graded("if (total > 1e9) return 0;").stage, Stage::kNotCompiled);  // the end without a return
}

TEST(Grading, ShowsWhatWasPrinted) {
  const labs::Grade grade = graded("if (round == 100) std::printf(\"round %d\\n\", round); return 0;");
  EXPECT_THAT(grade.printed, HasSubstr("round 100"));
  EXPECT_LE(graded("for (int i = 0; i < 100; ++i) std::puts(\"again and again\"); return 0;").printed.size(), 4000u);
}

TEST(Grading, NeedsTheFunction) {
  const Homework homework("ucb", "grace");
  std::string text = read_file(homework.folder() + "/ucb.cpp");
  text.replace(text.find("double ucb_index("), 17, "double ubc_index(");
  std::ofstream(homework.folder() + "/ucb.cpp") << text;
  const labs::Grade renamed = homework.grade();
  EXPECT_THAT(renamed.trouble, HasSubstr("does not define ucb_index()"));
  std::filesystem::remove(homework.folder() + "/ucb.cpp");
  EXPECT_EQ(homework.grade().stage, Stage::kNoFile);
}

TEST(Grading, GradesWithItsOwnHeaderAndInstance) {
  const Homework homework("ucb", "grace", solution_of("ucb"));
  std::ofstream(homework.folder() + "/lab.h") << "#error \"not this one\"\n";
  std::ofstream(homework.folder() + "/instance.csv") << "nothing\n";
  EXPECT_TRUE(homework.grade().passed());
}

TEST(Grading, NamesACompilerThatIsNotThere) {
  EXPECT_THAT([] { Homework("ucb", "grace").grade({.compiler = "no-such-compiler"}); },
              testing::ThrowsMessage<InvalidOption>(HasSubstr("'no-such-compiler' cannot be started")));
}

/// A class of five, one after the other in `folders`: right, wrong, no program, without an end, no lab.
struct Classroom {
  Classroom() {
    for (const char* student : {"ada", "bob", "cyd", "dan"}) {
      folders.push_back(root.path(student));
      labs::write_folder({.lab = &labs::find_lab("ucb"), .student = student}, folders.back(), "bellwether");
    }
    fill_in(folders[0] + "/ucb.cpp", solution_of("ucb"));
    std::ofstream(folders[2] + "/ucb.cpp") << "this is no program\n";
    fill_in(folders[3] + "/ucb.cpp", "for (;;) total += round;");
    folders.push_back(root.path("none"));
  }
  TemporaryFolder root;
  std::vector<std::string> folders;
};

std::vector<std::string> said(const std::vector<labs::Graded>& all) {
  std::vector<std::string> out;
  for (const labs::Graded& entry : all)
    out.push_back(entry.folder + " " + (entry.grade ? all_texts(*entry.grade) : entry.trouble));
  return out;
}

TEST(Grading, OfAClassIsTheSameOnOneThreadAndOnMany) {
  const Classroom room;
  labs::GradeOptions options;
  options.limits.seconds = 1;
  const auto with = [&](int threads) {
    const ThreadCount guard(threads);
    std::size_t last = 0;
    const auto all = labs::grade_all(room.folders, options, [&](std::size_t done) { EXPECT_EQ(done, ++last); });
    EXPECT_EQ(last, room.folders.size());
    return said(all);
  };
  const std::vector<std::string> one = with(1);
  EXPECT_EQ(one, with(4));
  ASSERT_EQ(one.size(), 5u);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_THAT(one[i], testing::StartsWith(room.folders[i] + " "));
  EXPECT_THAT(one[0], AllOf(HasSubstr("judged"), Not(HasSubstr("NO:"))));
  EXPECT_THAT(one[1], HasSubstr("there is no bonus"));
  EXPECT_THAT(one[2], HasSubstr("does not compile"));
  EXPECT_THAT(one[3], HasSubstr("a loop without an end"));
  EXPECT_THAT(one[4], HasSubstr("is no folder of a lab"));
}

TEST(Grading, OfAClassCanBeStopped) {
  const Classroom room;
  const auto begin = std::chrono::steady_clock::now();
  labs::GradeOptions options;
  options.limits.stopped = [&] { return std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(300); };
  const std::vector<labs::Graded> all = labs::grade_all({&room.folders[3], 1}, options);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << "the loop may take thirty seconds";
  EXPECT_EQ(all[0].trouble, "not graded: stopped");
  EXPECT_FALSE(all[0].grade);
}

TEST(Apart, EndsWhenItIsStopped) {
  labs::Limits limits;
  int asked = 0;
  limits.stopped = [&] { return ++asked > 3; };
  const labs::Apart run = labs::run_apart(
      [](labs::Place&) -> std::vector<double> {
        for (;;) ::pause();
      },
      limits);
  EXPECT_FALSE(run.finished);
  EXPECT_EQ(run.trouble, "was stopped");
}

// Threads that grade beside each other have pipes open. A child that kept the end of another one's would keep its
// parent waiting.
TEST(Apart, KeepsNoFileOfItsParent) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const labs::Apart run = labs::run_apart(
      [&](labs::Place&) {
        double open = 0;
        for (int file = 3; file < 1024; ++file) open += ::fcntl(file, F_GETFD) != -1 ? 1 : 0;
        return std::vector<double>{open, ::fcntl(ends[1], F_GETFD) == -1 ? 1.0 : 0.0};
      },
      {});
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(run.numbers, (std::vector<double>{2, 1})) << "its own two pipes and nothing else";
}

TEST(Folders, AreNotOverwritten) {
  const Homework homework("ucb", "grace");
  const labs::Ticket ticket{.lab = &labs::find_lab("ucb"), .student = "grace"};
  EXPECT_THAT([&] { labs::write_folder(ticket, homework.folder(), "bellwether"); },
              testing::ThrowsMessage<InvalidOption>(HasSubstr("ucb.cpp: is there already")));
  EXPECT_THAT([&] { labs::write_folder({.lab = ticket.lab, .student = "../x y"}, homework.folder(), "bellwether"); },
              testing::ThrowsMessage<InvalidOption>(HasSubstr("student id is '../x y'")));
}

TEST(Folders, AreFoundWhereverTheyLie) {
  const TemporaryFolder root;
  for (const char* name : {"b/one", "a", "c/deep/two"})
    labs::write_folder({.lab = &labs::find_lab("ucb"), .student = "s"}, root.path(name), "bellwether");
  EXPECT_THAT(labs::find_folders(root.path("")), testing::SizeIs(3));
  EXPECT_EQ(labs::read_ticket(root.path("c/deep/two")).student, "s");
  EXPECT_THAT([&] { labs::read_ticket(root.path("b")); },
              testing::ThrowsMessage<ParseError>(HasSubstr("no folder of a lab")));
  root.write("lab.toml", "lab = \"ubc\"\nstudent = \"s\"\n");
  EXPECT_THAT([&] { labs::read_ticket(root.path("")); },
              testing::ThrowsMessage<ParseError>(HasSubstr("did you mean 'ucb'?")));
}

/// Groups of fresh curves leave the band about as often as its level says, and the first group never does.
TEST(Bands, HoldTheWholeCurve) {
  constexpr std::size_t kColumns = 12, kGroup = 8;
  const auto walk = [](Stream draws) {
    std::vector<double> curve;
    double x = 0;
    for (std::size_t i = 0; i < kColumns; ++i) curve.push_back(x += draws.uniform() - 0.3);
    return curve;
  };
  const Stream stream(5);
  std::vector<double> reference;
  for (int r = 0; r < 200; ++r) {
    const std::vector<double> curve = walk(stream.child("reference").child(r));
    reference.insert(reference.end(), curve.begin(), curve.end());
  }
  const SampleTable table{reference, kColumns};
  const labs::Band band = labs::reference_band(table, kGroup, 0.9, stream.child("band"));
  EXPECT_FALSE(band.outside(labs::mean_curve(table, kGroup)));
  int outside = 0;
  for (std::uint64_t trial = 0; trial < 400; ++trial) {
    std::vector<double> mean(kColumns);
    for (std::uint64_t k = 0; k < kGroup; ++k) {
      const std::vector<double> curve = walk(stream.child("fresh").child(trial).child(k));
      for (std::size_t i = 0; i < kColumns; ++i) mean[i] += curve[i] / kGroup;
    }
    if (band.outside(mean)) ++outside;
  }
  EXPECT_GE(outside, 16);  // 40 are expected
  EXPECT_LE(outside, 80);
}

TEST(Diagnosis, FindsOneOrTwoMistakes) {
  const auto answers = [](std::uint32_t m) {
    return std::vector<double>{1.0 + (m & 1), 2.0 + 2 * (m >> 1 & 1), (m >> 2) * 3.0};
  };
  const auto found = [&](std::vector<double> given) { return labs::explain(given, 3, answers); };
  EXPECT_EQ(found({1, 2, 0}), 0u);
  EXPECT_EQ(found({1, 4, 0}), 2u);
  EXPECT_EQ(found({2, 2, 3}), 5u);
  EXPECT_EQ(found({2, 4, 3}), std::nullopt);  // three are too many
  EXPECT_EQ(found({NAN, 2, 0}), std::nullopt);
}

TEST(Diagnosis, FindsAFactor) {
  const std::vector<double> right{1, 2, 4}, half{0.5, 1, 2}, none{0.5, 1, 3};
  EXPECT_EQ(labs::common_factor(half, right), 0.5);
  EXPECT_EQ(labs::common_factor(none, right), std::nullopt);
  EXPECT_EQ(labs::factor_text(0.5), "half the reference");
  EXPECT_EQ(labs::factor_text(3), "3 times the reference");
}

}  // namespace
}  // namespace bellwether::test
