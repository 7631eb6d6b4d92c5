#include "experiments/studies/study.h"

#include <atomic>
#include <cmath>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "experiments/studies/output.h"
#include "experiments/studies/series.h"

namespace bellwether::studies {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Sums of drawn numbers: bits would show if a piece knew its thread or its neighbours.
Findings drawn(int piece) {
  Stream stream = Stream(7).child(static_cast<std::uint64_t>(piece));
  Series series{.name = "piece " + std::to_string(piece)};
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    series.x.push_back(i);
    series.y.push_back(sum += std::log(1 + stream.uniform()));
  }
  return {.series = {std::move(series)}, .numbers = {{std::to_string(piece), short_number(sum)}}};
}

Study study_of(std::vector<Piece> pieces) {
  return {.paper = "paper",
          .name = "study",
          .title = "A title",
          .summary = "a summary",
          .x = {.name = "x"},
          .y = {.name = "y"},
          .heading = {"piece", "sum"},
          .pieces = [=] { return pieces; }};
}

Study drawn_study(int pieces) {
  std::vector<Piece> all;
  for (int i = 0; i < pieces; ++i) all.emplace_back([i](const Observer&) { return drawn(i); });
  return study_of(std::move(all));
}

TEST(RunStudy, GivesTheSameBytesForAnyNumberOfThreads) {
  const Study study = drawn_study(9);
  const Outcome one = run_study(study, {.threads = 1}), two = run_study(study, {.threads = 2}),
                four = run_study(study, {.threads = 4});
  ASSERT_TRUE(one.complete && two.complete && four.complete);
  EXPECT_EQ(points_csv(study, one.findings), points_csv(study, two.findings));
  EXPECT_EQ(manifest_json(study, one.findings), manifest_json(study, two.findings));
  EXPECT_EQ(points_csv(study, one.findings), points_csv(study, four.findings));
}

TEST(RunStudy, JoinsPiecesInTheirOrder) {
  const Outcome outcome = run_study(drawn_study(3), {.threads = 2});
  ASSERT_EQ(outcome.findings.series.size(), 3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(outcome.findings.series[i].name, "piece " + std::to_string(i));
    EXPECT_EQ(outcome.findings.numbers[i][0], std::to_string(i));
  }
}

TEST(RunStudy, CountsPieces) {
  std::vector<int> done;
  run_study(drawn_study(3), {.threads = 1, .progress = [&](const Progress& progress) {
                               EXPECT_EQ(progress.pieces, 3);
                               if (done.empty() || done.back() != progress.done) done.push_back(progress.done);
                               return true;
                             }});
  EXPECT_THAT(done, ElementsAre(0, 1, 2, 3));
}

TEST(RunStudy, ThrowsWhatTheFirstPieceThrew) {
  const auto broken = [](const char* what) {
    return [what](const Observer&) -> Findings { throw InvalidOption(what); };
  };
  const Study study = study_of({[](const Observer&) { return drawn(0); }, broken("first"), broken("second")});
  for (const int threads : {1, 2})
    EXPECT_THAT([&] { run_study(study, {.threads = threads}); }, ThrowsMessage<InvalidOption>(HasSubstr("first")));
}

TEST(RunStudy, StopsWhenItIsTold) {
  for (const int threads : {1, 2}) {
    int calls = 0;
    std::atomic<bool> told = false;
    const Piece endless = [&](const Observer& observer) {
      while (observer({})) {
      }
      told = true;
      return drawn(0);
    };
    const Outcome outcome =
        run_study(study_of({endless, endless}),
                  {.threads = threads, .progress = [&](const Progress&) { return ++calls < 1000; }});
    EXPECT_FALSE(outcome.complete);
    EXPECT_TRUE(told);
    EXPECT_TRUE(outcome.findings.series.empty());
    EXPECT_EQ(calls, 1000) << "nobody is asked again after a no";
  }
}

TEST(RunStudy, ForgetsErrorsOfPiecesThatWereCutShort) {
  const Piece confused = [](const Observer& observer) -> Findings {
    while (observer({})) {
    }
    throw std::runtime_error("half a vector");
  };
  int calls = 0;
  EXPECT_FALSE(run_study(study_of({confused}), {.progress = [&](const Progress&) { return ++calls < 10; }}).complete);
}

Findings with(Series series) { return {.series = {std::move(series)}}; }

void expect_refused(const Findings& findings, const std::string& said) {
  const Study study = study_of({[=](const Observer&) { return findings; }});
  EXPECT_THAT([&] { run_study(study); },
              ThrowsMessage<InvalidOption>(testing::AllOf(HasSubstr("study paper/study"), HasSubstr(said))));
}

TEST(RunStudy, RefusesWhatMakesNoFigure) {
  expect_refused(with({.x = {1}, .y = {1}}), "no name");
  expect_refused(with({.name = "a", .x = {1, 2}, .y = {1}}), "'a' has 2 x and 1 y");
  expect_refused(with({.name = "a", .x = {1, 2}, .y = {1, 2}, .at = {1}}), "'a' has 2 points and 1 numbers");
  expect_refused(with({.name = "a", .x = {1}, .y = {1}, .formula = "1/k", .of = "b"}), "'b', which is not measured");
  expect_refused({.series = {{.name = "a", .x = {1}, .y = {1}}, {.name = "a", .x = {1}, .y = {1}, .formula = "f"}}},
                 "two series are called 'a'");
  expect_refused({.numbers = {{"only one"}}}, "a row of numbers has 1 entries, the heading 2");
}

TEST(Spread, KeepsBothEndsAndFewBetween) {
  const std::vector<std::size_t> places = spread(10'001, 10);
  EXPECT_EQ(places.front(), 0);
  EXPECT_EQ(places.back(), 10'000);
  EXPECT_LT(places.size(), 60);
  EXPECT_TRUE(std::ranges::is_sorted(places));
  EXPECT_TRUE(spread(0).empty());
  EXPECT_THAT(spread(1), ElementsAre(0));
}

TEST(SettlesAt, IsWhereItStaysBelowForGood) {
  const std::vector<double> y = {5, 1, 3, 1, 0.5}, at = {10, 20, 30, 40, 50};
  EXPECT_EQ(settles_at(y, 1), 3);
  EXPECT_EQ(settled_text(at, y, 1), "40");
  EXPECT_EQ(settled_text(at, y, 0.1), "not by 50");
  EXPECT_EQ(settles_at(y, 9), 0);
}

}  // namespace
}  // namespace bellwether::studies
