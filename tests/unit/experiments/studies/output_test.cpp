#include "experiments/studies/output.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace bellwether::studies {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Study portrait() {
  return {.paper = "reload",
          .name = "portrait",
          .title = "Who circles & who settles",
          .summary = "a way through the plane",
          .x = {.name = "violation"},
          .y = {.name = "value", .logarithmic = true},
          .at = "iteration",
          .heading = {"method", "value"}};
}

Findings found() {
  return {.series = {{.name = "one, two", .x = {0.5, 0.25}, .y = {1, 2}, .at = {0, 10}},
                     {.name = "steps", .x = {1, 2}, .y = {3, 4}, .look = Look::kSteps},
                     {.name = "bound", .x = {1}, .y = {0.1}, .formula = "1/k", .of = "one, two"}},
          .marks = {{"optimum", 0, 3.5}},
          .numbers = {{"one, two", "2"}},
          .notes = {"a drawn model"}};
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PointsCsv, IsOneRowAPoint) {
  EXPECT_EQ(points_csv(portrait(), found()),
            "study,series,kind,iteration,x,y\n"
            "reload/portrait,\"one, two\",measured,0,0.5,1\n"
            "reload/portrait,\"one, two\",measured,10,0.25,2\n"
            "reload/portrait,steps,measured,,1,3\n"
            "reload/portrait,steps,measured,,2,4\n"
            "reload/portrait,bound,theory,,1,0.10000000000000001\n"
            "reload/portrait,optimum,mark,,0,3.5\n");
  Study nameless = portrait();
  nameless.at.clear();
  EXPECT_THAT(points_csv(nameless, {}), testing::StrEq("study,series,kind,at,x,y\n"));
}

TEST(ManifestJson, TellsWhatWasShown) {
  EXPECT_THAT(manifest_json(portrait(), found(), {{"command", "reproduce reload"}}),
              AllOf(HasSubstr("\"id\": \"reload/portrait\""), HasSubstr("\"formula\": \"1/k\""),
                    HasSubstr("\"logarithmic\": true"), HasSubstr("\"command\": \"reproduce reload\""),
                    HasSubstr("\"a drawn model\"")));
}

TEST(FigureOf, GivesTheoryTheColourOfWhatItSpeaksOf) {
  const experiments::Figure figure = figure_of(portrait(), found());
  ASSERT_EQ(figure.lines.size(), 4);
  EXPECT_EQ(figure.lines[2].colour, figure.lines[0].colour);
  EXPECT_NE(figure.lines[1].colour, figure.lines[0].colour);
  EXPECT_TRUE(figure.lines[2].dashed);
  EXPECT_FALSE(figure.lines[0].dashed);
  EXPECT_EQ(figure.lines[2].label, "bound: 1/k");
  EXPECT_EQ(figure.lines[3].label, "optimum");
  EXPECT_FALSE(figure.lines[3].joined);
  EXPECT_TRUE(figure.log_y);
  EXPECT_FALSE(figure.log_x);
}

TEST(FigureOf, TurnsACornerBeforeEachStep) {
  const experiments::Figure figure = figure_of(portrait(), found());
  EXPECT_THAT(figure.lines[1].x, ElementsAre(1, 2, 2));
  EXPECT_THAT(figure.lines[1].y, ElementsAre(3, 3, 4));
}

TEST(FigureOf, WrapsLongNotes) {
  Findings findings = found();
  findings.notes = {std::string(60, 'a') + " " + std::string(60, 'b') + " c"};
  EXPECT_THAT(figure_of(portrait(), findings).notes, ElementsAre(std::string(60, 'a'), std::string(60, 'b') + " c"));
}

TEST(FigureOf, KeepsLongFormulasOutOfTheLegend) {
  Findings findings = found();
  ASSERT_EQ(findings.series[2].name, "bound");
  findings.series[2].formula = std::string(83, 'f');
  EXPECT_EQ(figure_of(portrait(), findings).lines[2].label, "bound: " + findings.series[2].formula);
  findings.series[2].formula += 'f';
  const experiments::Figure figure = figure_of(portrait(), findings);
  EXPECT_EQ(figure.lines[2].label, "bound");
  EXPECT_EQ(figure.notes.back(), "bound: " + findings.series[2].formula);
}

TEST(FigureOf, LeavesRoomAroundPointsThatStandAlone) {
  const std::string script = gnuplot_script(figure_of(portrait(), found()), "svg", "x.svg");
  EXPECT_THAT(script, AllOf(HasSubstr("using 1:2 with points"), HasSubstr("set xrange [-0.040000")));
}

TEST(WriteStudy, WritesEverythingAndNothingHalf) {
  const test::TemporaryFolder folder;
  const std::string place = folder.path("runs/reload/portrait");
  const Written plain = write_study(portrait(), found(), place, false);
  EXPECT_THAT(plain.paths, ElementsAre(place + "/points.csv", place + "/manifest.json"));
  EXPECT_EQ(content(plain.paths[0]), points_csv(portrait(), found()));
  EXPECT_EQ(plain.svg, "");
  const Written drawn = write_study(portrait(), found(), place, true);
  if (!drawn.complaint.empty()) {
    EXPECT_THAT(drawn.complaint, HasSubstr("gnuplot is not installed"));
    return;
  }
  ASSERT_EQ(drawn.paths.size(), 5);
  for (const std::string& path : drawn.paths) EXPECT_GT(std::filesystem::file_size(path), 0) << path;
  EXPECT_EQ(content(place + "/portrait.svg"), drawn.svg);
}

TEST(HtmlSection, HoldsTitleNumbersAndNotes) {
  EXPECT_THAT(html_section(portrait(), found(), "<svg/>"),
              AllOf(HasSubstr("<h2>Who circles &amp; who settles</h2>"), HasSubstr("data:image/svg+xml"),
                    HasSubstr("<th>method</th>"), HasSubstr("a drawn model")));
  EXPECT_THAT(html_section(portrait(), found(), ""), Not(HasSubstr("<figure>")));
}

}  // namespace
}  // namespace bellwether::studies
