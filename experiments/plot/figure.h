#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bellwether::experiments {

/// A line of a figure, with a band where `low` and `high` are given.
struct FigureLine {
  std::string label;  ///< in the legend; empty: none
  std::vector<double> x, y;
  std::vector<double> low = {}, high = {};
  int colour = 0;       ///< lines of one colour belong together
  bool dashed = false;  ///< bounds and fits; full lines are measured
  bool marks = false;   ///< marks at the points: for few points
  bool joined = true;   ///< false, with marks: points alone
  int beneath = 0;      ///< lines that run where this one does and were drawn before: its dashes let them be seen
};

/// What a figure shows, whoever draws it.
struct Figure {
  std::string title;
  std::string x_label, y_label;  ///< with units
  bool log_x = false, log_y = false;
  std::vector<FigureLine> lines = {};
  std::vector<std::string> notes =
      {};              ///< below the axes: what bands are, how many seeds, bounds that are off the chart
  double decades = 8;  ///< that a logarithmic y axis shows at most
};

/// Room for what was measured: on a logarithmic axis points that are not positive are left out, as is what lies more
/// than Figure::decades below the top, and dashed lines that would stretch the axis to more than `decades` beyond the
/// full ones are left to the notes.
struct Extent {
  double low = 0, high = 1;
};
Extent vertical_extent(const Figure& figure, double decades = 2.5);

/// The gnuplot program of a figure: data and all, so that it can be edited and run by hand. `terminal` is a complete
/// "set terminal" argument; `output` the file it writes, empty for standard output.
std::string gnuplot_script(const Figure& figure, std::string_view terminal, std::string_view output);

}  // namespace bellwether::experiments
