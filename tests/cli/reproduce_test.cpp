// `reproduce` and `check`: papers, their studies and their claims.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/refusal.h"
#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Reproduce, KnowsItsPapers) {
  expect_refused({"reproduce"}, "which paper?");
  expect_refused({"reproduce", "tabular-regre"}, "did you mean 'tabular-regret'?");
  expect_refused({"reproduce", "reload", "--seeds", "3"}, "--seeds is for papers with learners, and reload has none");
}

TEST(Reproduce, ComputesTheStudiesOfAPlanningPaper) {
  const TemporaryFolder folder;
  const std::filesystem::path one = folder.path("one"), two = folder.path("two");
  const auto words = [](const std::filesystem::path& out, const char* threads) {
    return std::vector<std::string>{"reproduce", "distdp-stock", "--out", out.string(), "--threads", threads};
  };
  const Finished done = run_program(words(one, "1"));
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("Three policies and the laws of their returns"), HasSubstr("made for the mean"),
                              HasSubstr("stock-is-enough"),
                              HasSubstr("\n9 of 9 claims hold; 10 of 10 controls, wrong on purpose, were caught\n"),
                              HasSubstr((one / "report.html").string())));
  EXPECT_THAT(read_file(one / "report.html"), AllOf(HasSubstr("<!doctype html>"), HasSubstr("made for the worst 2 %"),
                                                    HasSubstr("stock-is-enough"), HasSubstr("To run it again")));
  EXPECT_THAT(read_file(one / "laws/manifest.json"), HasSubstr("\"id\": \"distdp-stock/laws\""));
  ASSERT_EQ(run_program(words(two, "2")).code, 0);
  const std::string points = read_file(one / "laws/points.csv");
  EXPECT_THAT(points, HasSubstr("study,series,kind,at,x,y\ndistdp-stock/laws,made for the mean,measured,,-26,"));
  EXPECT_EQ(read_file(two / "laws/points.csv"), points);
}

TEST(Reproduce, PrintsTheClaimsOfAPaperThatHasNothingElse) {
  const TemporaryFolder folder;
  const Finished done = run_program({"reproduce", "finite-horizon", "--out", folder.path("out")});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("regret-is-gaps"), HasSubstr("1 of 1 claims hold"), Not(HasSubstr("written"))));
  EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
}

TEST(Reproduce, StopsOnCtrlCWithoutHalfAStudy) {
  const TemporaryFolder folder;
  // The next study takes seconds.
  const Finished stopped =
      interrupt_program({.once_there = folder.path("out/front/manifest.json")},
                        {"reproduce", "c-morl", "--threads", "1", "--no-figures", "--out", folder.path("out")});
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.err, HasSubstr("stopped while computing c-morl/hypervolume; what was finished before lies in "));
  EXPECT_FALSE(std::filesystem::exists(folder.path("out/hypervolume")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("out/report.html")));
}

TEST(Reproduce, ReportsWhatWasFinishedBeforeCtrlC) {
  const TemporaryFolder folder;
  // The last study is written; the long tier of the claims takes many seconds.
  const Finished done = interrupt_program(
      {.once_there = folder.path("out/grid/manifest.json")},
      {"reproduce", "distdp-stock", "--full", "--threads", "1", "--no-figures", "--out", folder.path("out")});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, AllOf(HasSubstr(" of 9 claims finished, with all their controls; not finished: "),
                              HasSubstr("the same command goes on")));
  EXPECT_THAT(done.out, HasSubstr("report.html"));
  EXPECT_THAT(read_file(folder.path("out/report.html")),
              HasSubstr("claims finished, with all their controls; not finished: "));
}

TEST(Check, MeasuresThePaperThatIsNamed) {
  const Finished done = run_program({"check", "finite-horizon"});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("regret-is-gaps"), HasSubstr("holds"), HasSubstr("caught"),
                              HasSubstr("1 of 1 claims hold")));
  EXPECT_THAT(done.out, Not(HasSubstr("ucbvi")));
  EXPECT_THAT(run_program({"check", "finite-horizon", "--explain"}).out, HasSubstr("wrong on purpose"));
}

TEST(Check, TellsWhatWasMeasuredBeforeCtrlC) {
  // The first is a matter of milliseconds, the others of seconds.
  const Finished done =
      interrupt_program({.seconds = 0.4}, {"check", "regret-is-gaps", "stock-is-enough", "greedy-needs-mixtures",
                                           "stages-that-suffice", "--full", "--threads", "1", "--seed", "21"});
  EXPECT_EQ(done.code, 1) << done.err;
  EXPECT_THAT(done.out, AllOf(testing::ContainsRegex("regret-is-gaps .* holds\n"), testing::EndsWith("were caught\n")));
  EXPECT_THAT(
      done.err,
      AllOf(HasSubstr("stopped with "), HasSubstr(" of 4 claims finished, with all their controls; not finished: "),
            HasSubstr("\nnext: "), testing::EndsWith(" stages-that-suffice --full --seed 21 --threads 1\n")));
}

TEST(Check, SaysWhereNamesAre) { expect_refused({"check", "nosuch"}, "list claims` names them all"); }

TEST(Check, SaysWhatWasProbablyMeant) { expect_refused({"check", "finite-horizn"}, "did you mean 'finite-horizon'?"); }

}  // namespace
}  // namespace bellwether::test
