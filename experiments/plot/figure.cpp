#include "experiments/plot/figure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace bellwether::experiments {
namespace {

// Okabe and Ito's colours, which the colour-blind can tell apart; black last.
constexpr std::array<std::string_view, 8> kColours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                      "#E69F00", "#56B4E9", "#8C6D1F", "#000000"};

std::string_view colour_of(const FigureLine& line) {
  return kColours[static_cast<std::size_t>(line.colour) % kColours.size()];
}

/// Text in single quotes, which gnuplot takes as it is.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\n' ? ' ' : c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

/// A label beside the axis has the height of the axis for its length: a longer one takes a second line.
std::string label_beside(std::string_view text) {
  constexpr std::size_t kRoom = 50;
  if (text.size() <= kRoom) return quoted(text);
  const std::size_t end = text.rfind(' ', text.size() / 2 + 8);
  if (end == std::string_view::npos) return quoted(text);
  return fmt::format("{}.\"\\n\".{}", quoted(text.substr(0, end)), quoted(text.substr(end + 1)));
}

bool drawable(double x, bool logarithmic) { return std::isfinite(x) && (!logarithmic || x > 0); }

bool has_band(const FigureLine& line) { return !line.low.empty(); }

/// One data block a line: x y low high. A bound of a band that a logarithmic axis cannot show ends at the axis.
std::string data_block(const Figure& figure, const FigureLine& line, std::size_t number, const Extent& range) {
  std::string out = fmt::format("$line{} << EOD\n", number);
  std::size_t points = 0;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (!drawable(line.x[i], figure.log_x) || !drawable(line.y[i], figure.log_y)) continue;
    const double low = has_band(line) ? line.low[i] : line.y[i], high = has_band(line) ? line.high[i] : line.y[i];
    out += fmt::format("{} {} {} {}\n", line.x[i], line.y[i],
                       drawable(low, figure.log_y) ? std::max(low, range.low) : range.low,
                       drawable(high, figure.log_y) ? high : range.high);
    ++points;
  }
  if (points == 0) out += "NaN NaN NaN NaN\n";
  return out + "EOD\n";
}

/// The mark of a line: a large disc for a point that stands alone, small ones for a cloud.
std::string point_of(const FigureLine& line, std::size_t number) {
  if (!line.joined && line.x.size() == 1) return "pt 7 ps 1.8 ";
  const double size = line.joined ? 0.8 : line.x.size() > 100 ? 0.4 : 1.3;
  return fmt::format("pt {} ps {} ", 4 + number % 10, size);
}

std::string plot_command(const Figure& figure) {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "plot " : ", \\\n     ") + part; };
  for (std::size_t k = 0; k < figure.lines.size(); ++k) {
    const FigureLine& line = figure.lines[k];
    if (has_band(line))
      add(fmt::format("$line{} using 1:3:4 with filledcurves lc rgb '{}' fs transparent solid 0.15 noborder notitle", k,
                      colour_of(line)));
  }
  for (std::size_t k = 0; k < figure.lines.size(); ++k) {
    const FigureLine& line = figure.lines[k];
    const int turn = line.colour / static_cast<int>(kColours.size());  // colours come round: other dashes
    const int dash = line.dashed ? 2 + turn : 1 + turn * 3 + line.beneath;
    const std::string_view style = !line.joined ? "points" : line.marks ? "linespoints" : "lines";
    add(fmt::format("$line{} using 1:2 with {} lw {} {}{}lc rgb '{}' {}", k, style, line.dashed ? 1.5 : 2.2,
                    line.joined ? fmt::format("dt {} ", dash) : "", line.marks ? point_of(line, k) : "",
                    colour_of(line), line.label.empty() ? "notitle" : "title " + quoted(line.label)));
  }
  return out + "\n";
}

/// A mark of an axis: `factor` times a power of ten.
struct Mark {
  double factor = 1;
  int exponent = 0;
  double value() const { return factor * std::pow(10, exponent); }
};

std::string plain_text(const Mark& mark) { return fmt::format("{:.10g}", mark.value()); }

/// 10⁴, 2·10⁴
std::string power_text(const Mark& mark) {
  static constexpr std::array<std::string_view, 10> kRaised = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = mark.factor == 1 ? "10" : fmt::format("{:g}·10", mark.factor);
  if (mark.exponent < 0) out += "⁻";
  for (const char digit : std::to_string(std::abs(mark.exponent)))
    out += kRaised[static_cast<std::size_t>(digit - '0')];
  return out;
}

/// The marks in one notation for the whole axis: plain numbers where all are short, else powers of ten.
std::string tics_command(std::string_view axis, const std::vector<Mark>& marks) {
  const bool plain =
      std::ranges::all_of(marks, [](const Mark& mark) { return mark.exponent >= -3 && mark.exponent <= 4; });
  std::string out;
  for (const Mark& mark : marks)
    out += fmt::format("{}'{}' {:.10g}", out.empty() ? "" : ", ", plain ? plain_text(mark) : power_text(mark),
                       mark.value());
  return fmt::format("set {}tics ({})\n", axis, out);
}

/// The marks are gnuplot's own; in %g they would change their notation along the axis.
std::string linear_format(std::string_view axis, const Extent& range) {
  const double largest = std::max(std::abs(range.low), std::abs(range.high));
  const bool plain = largest >= 1e-3 && largest < 1e7;
  return fmt::format("set format {} '{}'\n", axis, plain ? "%.10g" : "%.2e");
}

/// 1, 2 and 5 times powers of ten within the range, as many as make three marks or more.
std::string short_tics(std::string_view axis, const Extent& range) {
  for (const auto& steps : {std::vector<double>{1, 2, 5}, std::vector<double>{1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9},
                            std::vector<double>{1,   1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2,   2.2, 2.5, 2.8, 3,
                                                3.5, 4,   4.5, 5,   5.5, 6,   6.5, 7,   7.5, 8,   8.5, 9,   9.5}}) {
    std::vector<Mark> marks;
    const int last = static_cast<int>(std::floor(std::log10(range.high)));
    for (int k = static_cast<int>(std::floor(std::log10(range.low))); k <= last; ++k) {
      for (const double step : steps) {
        const Mark mark{step, k};
        if (mark.value() >= range.low * (1 - 1e-9) && mark.value() <= range.high * (1 + 1e-9)) marks.push_back(mark);
      }
    }
    if (marks.size() >= 3) return tics_command(axis, marks);
  }
  // Less than a fifth from end to end: a mark at each end and in the middle.
  std::string marks;
  for (const double x : {range.low, std::sqrt(range.low * range.high), range.high})
    marks += fmt::format("{}'{:.5g}' {}", marks.empty() ? "" : ", ", x, x);
  return fmt::format("set {}tics ({})\n", axis, marks);
}

/// A mark at every power of ten; between them, too, where there are fewer than three.
std::string decade_tics(std::string_view axis, const Extent& range) {
  if (!(range.low > 0)) return linear_format(axis, range);  // nothing is drawn
  const int first = static_cast<int>(std::ceil(std::log10(range.low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(range.high) + 1e-9));
  if (last < first + 2) return short_tics(axis, range);
  const int step = 1 + (last - first) / 9;
  std::vector<Mark> marks;
  for (int k = first; k <= last; k += step) marks.push_back({1, k});
  return tics_command(axis, marks) + fmt::format("set m{}tics 10\n", axis);
}

void widen(Extent& extent, double x) {
  extent.low = std::min(extent.low, x);
  extent.high = std::max(extent.high, x);
}

Extent horizontal_extent(const Figure& figure) {
  Extent extent{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const FigureLine& line : figure.lines)
    for (const double x : line.x)
      if (drawable(x, figure.log_x)) widen(extent, x);
  return extent.low <= extent.high ? extent : Extent{1, 10};
}

Extent extent_of(const Figure& figure, bool dashed) {
  Extent extent{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const FigureLine& line : figure.lines) {
    if (line.dashed != dashed) continue;
    for (const auto* numbers : {&line.y, &line.low, &line.high}) {
      if (figure.log_y && numbers == &line.low) continue;  // a band that reaches down to zero is cut at the axis
      for (const double y : *numbers)
        if (drawable(y, figure.log_y)) widen(extent, y);
    }
  }
  return extent;
}

}  // namespace

Extent vertical_extent(const Figure& figure, double decades) {
  Extent extent = extent_of(figure, false);
  const Extent dashed = extent_of(figure, true);
  if (!(extent.low <= extent.high)) extent = dashed;
  if (!(extent.low <= extent.high)) return {};
  const double room = figure.log_y ? std::pow(10, decades) : 2;
  if (figure.log_y) {
    const Extent limit{extent.low / room, extent.high * room};
    if (dashed.low <= dashed.high)
      for (const double end : {dashed.low, dashed.high}) widen(extent, std::clamp(end, limit.low, limit.high));
    extent.low = std::max(extent.low, extent.high * std::pow(10, -figure.decades));
    return {extent.low / 1.2, extent.high * 1.3};
  }
  if (dashed.low <= dashed.high) widen(extent, std::min(dashed.high, extent.high * room));
  if (extent.low == 0 && extent.high == 0) return {};
  const double margin = 0.05 * std::max(extent.high - extent.low, 1e-12 * std::abs(extent.high) + 1e-300);
  return {extent.low < 0 || extent.low > 0.5 * extent.high ? extent.low - margin : 0, extent.high + margin};
}

std::string gnuplot_script(const Figure& figure, std::string_view terminal, std::string_view output) {
  Extent range = vertical_extent(figure);
  std::string out = fmt::format("set terminal {}\n", terminal);
  if (!output.empty()) out += fmt::format("set output {}\n", quoted(output));
  out += "set encoding utf8\nset termoption noenhanced\nset border 3 lc rgb '#555555'\nset tics nomirror\n";
  out +=
      "set grid lc rgb '#dddddd' lt 1 lw 0.5\nset key below center horizontal Left reverse spacing 1.3 samplen 2.5 "
      "width 1\n";
  out += fmt::format("set title {}\nset ylabel {}\n", quoted(figure.title), label_beside(figure.y_label));
  std::string below = quoted(figure.x_label);
  if (!figure.notes.empty()) below += ".\"\\n\"";  // and between the axis and what is said of the figure
  for (const std::string& note : figure.notes) below += ".\"\\n\"." + quoted(note);
  if (!figure.notes.empty()) below += ".\"\\n \"";  // room before the legend
  out += fmt::format("set xlabel {}\n", below);
  Extent wide = horizontal_extent(figure);
  if (std::ranges::any_of(figure.lines, [](const FigureLine& line) { return line.marks || !line.joined; })) {
    // No mark is cut in half. The vertical extent has its margin already, but for a line that begins at 0.
    const double margin = 0.02 * (wide.high - wide.low);
    if (!figure.log_x) wide = {wide.low - margin, wide.high + margin};
    if (!figure.log_y && range.low == 0) range.low -= 0.02 * (range.high - range.low);
  }
  out += figure.log_x ? "set logscale x\n" + decade_tics("x", wide) : linear_format("x", wide);
  out += figure.log_y ? "set logscale y\n" + decade_tics("y", range) : linear_format("y", range);
  // A mark at an end must not be lost to rounding.
  const double hair = 1e-9 * std::max(std::abs(wide.low), std::abs(wide.high));
  if (wide.low < wide.high)
    out +=
        fmt::format("set xrange [{}:{}]\n", figure.log_x ? wide.low * (1 - 1e-9) : wide.low - hair, wide.high + hair);
  out += fmt::format("set yrange [{}:{}]\n", range.low, range.high);
  for (std::size_t k = 0; k < figure.lines.size(); ++k) out += data_block(figure, figure.lines[k], k, range);
  return out + plot_command(figure);
}

}  // namespace bellwether::experiments
