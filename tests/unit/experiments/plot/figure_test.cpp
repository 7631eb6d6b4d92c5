#include "experiments/plot/figure.h"

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
  EXPECT_THAT(text, testing::AnyOf(HasSubstr("psrl"), HasSubstr("gnuplot is not installed")));
}

}  // namespace
}  // namespace bellwether::experiments
