#include "experiments/plot/figure.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "experiments/plot/gnuplot.h"

namespace bellwether::experiments {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

Figure regret() {
  Figure figure{.title = "it's a figure; rm -rf $HOME `x` \"y\"",
                .x_label = "episodes",
                .y_label = "regret",
                .log_x = true,
                .log_y = true,
                .lines = {},
                .notes = {"bands: 95 %"}};
  FigureLine line{.label = "psrl", .x = {1, 10, 100}, .y = {1, 3, 10}, .low = {-1, 2, 9}, .high = {2, 4, 11}};
  figure.lines.push_back(line);
  return figure;
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(GnuplotScript, KeepsWordsWords) {
  const std::string script = gnuplot_script(regret(), "svg", "out put's.svg");
  EXPECT_THAT(script, HasSubstr("set output 'out put''s.svg'"));
  EXPECT_THAT(script, HasSubstr("set title 'it''s a figure; rm -rf $HOME `x` \"y\"'"));
  EXPECT_THAT(script, HasSubstr("noenhanced"));
}

TEST(GnuplotScript, ALogarithmicAxisLeavesOutWhatIsNotPositive) {
  Figure figure = regret();
  figure.lines[0].y[0] = 0;
  const std::string script = gnuplot_script(figure, "svg", "x.svg");
  EXPECT_THAT(script, HasSubstr("$line0 << EOD\n10 3 2 4\n100 10 9 11\nEOD\n"));
}

TEST(GnuplotScript, ABandThatReachesZeroEndsAtTheAxis) {
  const Figure figure = regret();
  const Extent range = vertical_extent(figure);
  EXPECT_GT(range.low, 0);
  EXPECT_LT(range.low, 1);
  EXPECT_THAT(gnuplot_script(figure, "svg", "x.svg"), Not(HasSubstr("-1")));
}

/// The labels of an axis, in quotes, as the program sets them.
std::string marks(const Figure& figure, const std::string& axis) {
  const std::string script = gnuplot_script(figure, "svg", "x.svg");
  const std::size_t at = script.find("set " + axis + "tics (");
  return at == std::string::npos ? "" : script.substr(at, script.find('\n', at) - at);
}

TEST(GnuplotScript, AnAxisHasOneNotation) {
  Figure figure = regret();
  EXPECT_THAT(marks(figure, "x"), HasSubstr("('1' 1, '10' 10, '100' 100)"));
  figure.lines[0].x = {1, 1e4, 1e6};
  EXPECT_THAT(marks(figure, "x"),
              testing::AllOf(HasSubstr("'10⁰' 1, '10¹' 10, '10²' 100, '10³' 1000"), HasSubstr("'10⁶' 1000000")));
  figure.lines[0].x = {5e4, 1e5, 2e5};  // less than two decades
  EXPECT_THAT(marks(figure, "x"), HasSubstr("('5·10⁴' 50000, '10⁵' 100000, '2·10⁵' 200000)"));
  figure.lines[0].x = {50, 100, 200};
  EXPECT_THAT(marks(figure, "x"), HasSubstr("('50' 50, '100' 100, '200' 200)"));
  figure.lines[0].x = {1000, 1010, 1020};  // too narrow for round numbers
  EXPECT_THAT(marks(figure, "x"), testing::AllOf(HasSubstr("'1000' "), HasSubstr("'1020' ")));
  figure.log_x = false;
  figure.lines[0].x = {0, 5e5, 1e6};
  EXPECT_THAT(gnuplot_script(figure, "svg", "x.svg"), HasSubstr("set format x '%.10g'"));
}

TEST(GnuplotScript, AMarkAtTheEndIsNotLostToRounding) {
  Figure figure = regret();
  figure.lines[0].x = {1 / (1 - 0.8), 10, 1 / (1 - 0.95)};  // 5.000000000000001 and 19.99999999999998
  const std::string script = gnuplot_script(figure, "svg", "x.svg");
  const std::size_t at = script.find("set xrange [");
  ASSERT_NE(at, std::string::npos);
  double low = 0, high = 0;
  ASSERT_EQ(std::sscanf(script.c_str() + at, "set xrange [%lf:%lf]", &low, &high), 2);
  EXPECT_LE(low, 5);
  EXPECT_GE(high, 20);
}

TEST(GnuplotScript, MarksInTheCornersAreNotCut) {
  Figure figure{.title = "", .x_label = "x", .y_label = "y", .lines = {{.label = "", .x = {0, 4}, .y = {0, 8}}}};
  const auto ends = [&](const char* axis) {
    const std::string script = gnuplot_script(figure, "svg", "x.svg");
    const std::size_t at = script.find(std::string("set ") + axis + "range [");
    double low = 0, high = 0;
    EXPECT_EQ(std::sscanf(script.c_str() + at + 12, "%lf:%lf", &low, &high), 2);
    return std::pair(low, high);
  };
  EXPECT_EQ(ends("y").first, 0) << "a line alone may begin on the axis";
  figure.lines[0].marks = true;
  EXPECT_LT(ends("x").first, -.05);
  EXPECT_GT(ends("x").second, 4.05);
  EXPECT_LT(ends("y").first, -.1);
  EXPECT_GT(ends("y").second, 8.1);
}

TEST(RequireFigurePath, RefusesPlacesThatCannotBeWritten) {
  EXPECT_THAT([] { require_figure_path("/no/such/folder/figure.svg"); },
              ThrowsMessage<InvalidOption>(HasSubstr("its folder does not exist")));
  const std::string path = testing::TempDir() + "tried.svg";
  require_figure_path(path);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(GnuplotScript, SurvivesFiguresWithNothingToShow) {
  for (const bool logarithmic : {false, true}) {
    Figure figure{.title = "none", .x_label = "x", .y_label = "y", .log_x = logarithmic, .log_y = logarithmic};
    figure.lines.push_back({.label = "zero", .x = {0, 0}, .y = {0, 0}});
    EXPECT_THAT(gnuplot_script(figure, "svg", "x.svg"), HasSubstr("plot $line0"));
  }
}

TEST(VerticalExtent, ABoundFarAboveDoesNotPressTheCurvesFlat) {
  Figure figure = regret();
  figure.lines.push_back({.label = "bound", .x = {1, 100}, .y = {1e9, 1e12}, .dashed = true});
  EXPECT_LT(vertical_extent(figure).high, 1e5);
  figure.lines.back().y = {20, 50};
  EXPECT_GT(vertical_extent(figure).high, 50);
}

TEST(Draw, WritesEveryFormatOrSaysWhy) {
  const std::string folder = testing::TempDir();
  const std::pair<const char*, const char*> begins[] = {
      {"figure's.svg", "<?xml"}, {"figure.png", "\x89PNG"}, {"figure.pdf", "%PDF"}, {"figure.gp", "set terminal"}};
  for (const auto& [name, magic] : begins) {
    const auto complaint = draw(regret(), folder + name);
    if (complaint) {
      EXPECT_THAT(*complaint, HasSubstr("gnuplot is not installed"));
      continue;
    }
    EXPECT_THAT(content(folder + name), testing::StartsWith(magic));
    std::filesystem::remove(folder + name);
  }
}

TEST(Draw, ComplainsAboutPlacesAndEndings) {
  EXPECT_THAT([] { static_cast<void>(draw(regret(), "figure.bmp")); },
              ThrowsMessage<InvalidOption>(HasSubstr("figures are written as .svg, .png, .pdf or .gp")));
  EXPECT_TRUE(draw(regret(), "/no/such/folder/figure.svg").has_value());
  EXPECT_TRUE(draw(regret(), "/no/such/folder/figure.gp").has_value());
}

TEST(TextFigure, ShowsTheLegendInTheTerminal) {
  const std::string text = text_figure(regret(), 80, 24);
  EXPECT_THAT(text, testing::AnyOf(HasSubstr(" psrl"), HasSubstr("gnuplot is not installed")));  // not into its line
}

TEST(GnuplotScript, DashesLetLinesBeneathBeSeen) {
  Figure figure{.title = "t", .x_label = "x", .y_label = "y", .lines = {}};
  figure.lines.push_back({.label = "one", .x = {1, 2}, .y = {1, 2}});
  figure.lines.push_back({.label = "two", .x = {1, 2}, .y = {1, 2}, .beneath = 1});
  const std::string script = gnuplot_script(figure, "dumb", "");
  EXPECT_THAT(script, HasSubstr("$line0 using 1:2 with lines lw 2.2 dt 1 "));
  EXPECT_THAT(script, HasSubstr("$line1 using 1:2 with lines lw 2.2 dt 2 "));
}

TEST(GnuplotScript, LongLabelsBesideTheAxisTakeTwoLines) {
  const Figure figure{.title = "t",
                      .x_label = "x",
                      .y_label = "cumulative regret of the episodes that lose after 1,000,000 episodes, at the end",
                      .lines = {{.label = "one", .x = {1, 2}, .y = {1, 2}}}};
  EXPECT_THAT(
      gnuplot_script(figure, "dumb", ""),
      HasSubstr("set ylabel 'cumulative regret of the episodes that lose'.\"\\n\".'after 1,000,000 episodes, at"));
}

}  // namespace
}  // namespace bellwether::experiments
