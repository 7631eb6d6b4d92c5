#include "experiments/studies/output.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/pages/csv_text.h"
#include "experiments/pages/whole_file.h"
#include "experiments/plot/gnuplot.h"

namespace bellwether::studies {
namespace {

using experiments::csv_field;
using experiments::csv_number;
using experiments::Figure;
using experiments::FigureLine;
using experiments::html_text;
using Json = nlohmann::ordered_json;  // keys in the order in which they are written

constexpr int kBlack = 7;

Json axis_json(const Axis& axis) { return {{"name", axis.name}, {"logarithmic", axis.logarithmic}}; }

Json series_json(const Series& series) {
  Json json = {{"name", series.name}, {"kind", series.measured() ? "measured" : "theory"}, {"points", series.x.size()}};
  if (!series.measured()) json["formula"] = series.formula;
  if (!series.of.empty()) json["of"] = series.of;
  return json;
}

/// The same line with a corner before each new y.
void make_steps(FigureLine& line) {
  std::vector<double> x, y;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (i > 0) {
      x.push_back(line.x[i]);
      y.push_back(line.y[i - 1]);
    }
    x.push_back(line.x[i]);
    y.push_back(line.y[i]);
  }
  line.x = std::move(x);
  line.y = std::move(y);
}

/// A note in lines that are not wider than the figure.
void add_wrapped(std::vector<std::string>& lines, std::string_view note) {
  constexpr std::size_t kWidth = 100;
  while (note.size() > kWidth) {
    const std::size_t blank = note.rfind(' ', kWidth);
    if (blank == std::string_view::npos) break;
    lines.emplace_back(note.substr(0, blank));
    note.remove_prefix(blank + 1);
  }
  lines.emplace_back(note);
}

/// What the legend calls it. A formula that the legend has no room for stands among the notes.
std::string label_of(const Series& series, std::vector<std::string>& notes) {
  constexpr std::size_t kRoom = 90;
  if (series.measured()) return series.name;
  std::string whole = fmt::format("{}: {}", series.name, series.formula);
  if (whole.size() <= kRoom) return whole;
  add_wrapped(notes, whole);
  return series.name;
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string sentences(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += fmt::format("<p class=\"note\">{}</p>\n", html_text(line));
  return out;
}

}  // namespace

std::string points_csv(const Study& study, const Findings& findings) {
  const std::string id = csv_field(study.id());
  std::string text = fmt::format("study,series,kind,{},x,y\n", study.at.empty() ? "at" : csv_field(study.at));
  for (const Series& series : findings.series) {
    const std::string names =
        fmt::format("{},{},{}", id, csv_field(series.name), series.measured() ? "measured" : "theory");
    for (std::size_t i = 0; i < series.x.size(); ++i)
      text += fmt::format("{},{},{},{}\n", names, series.at.empty() ? "" : csv_number(series.at[i]),
                          csv_number(series.x[i]), csv_number(series.y[i]));
  }
  for (const Mark& mark : findings.marks)
    text += fmt::format("{},{},mark,,{},{}\n", id, csv_field(mark.name), csv_number(mark.x), csv_number(mark.y));
  return text;
}

std::string manifest_json(const Study& study, const Findings& findings, const std::vector<Setting>& facts) {
  Json manifest = {{"program",
                    {{"name", "bellwether"},
                     {"version", experiments::program_version()},
                     {"compiler", experiments::program_compiler()}}},
                   {"study",
                    {{"id", study.id()},
                     {"paper", study.paper},
                     {"title", study.title},
                     {"summary", study.summary},
                     {"x", axis_json(study.x)},
                     {"y", axis_json(study.y)},
                     {"at", study.at}}},
                   {"series", Json::array()},
                   {"marks", Json::array()},
                   {"numbers", {{"heading", study.heading}, {"rows", findings.numbers}}},
                   {"notes", findings.notes},
                   {"facts", Json::object()}};
  for (const Series& series : findings.series) manifest["series"].push_back(series_json(series));
  for (const Mark& mark : findings.marks)
    manifest["marks"].push_back({{"name", mark.name}, {"x", mark.x}, {"y", mark.y}});
  for (const auto& [name, value] : facts) manifest["facts"][name] = value;
  return manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Figure figure_of(const Study& study, const Findings& findings) {
  Figure figure{.title = study.title,
                .x_label = study.x.name,
                .y_label = study.y.name,
                .log_x = study.x.logarithmic,
                .log_y = study.y.logarithmic,
                .lines = {},
                .notes = {},
                .decades = 12};
  for (const std::string& note : findings.notes) add_wrapped(figure.notes, note);
  std::vector<std::string> coloured;  // names of series that have a colour of their own
  for (const Series& series : findings.series)
    if (series.of.empty()) coloured.push_back(series.name);
  for (const Series& series : findings.series) {
    const auto own = std::ranges::find(coloured, series.of.empty() ? series.name : series.of);
    const bool plain = series.look == Look::kLine || series.look == Look::kSteps;
    FigureLine line{.label = label_of(series, figure.notes),
                    .x = series.x,
                    .y = series.y,
                    .colour = static_cast<int>(own - coloured.begin()),
                    .dashed = !series.measured(),
                    .marks = !plain,
                    .joined = series.look != Look::kPoints};
    if (series.look == Look::kSteps) make_steps(line);
    figure.lines.push_back(std::move(line));
  }
  for (const Mark& mark : findings.marks)
    figure.lines.push_back(
        {.label = mark.name, .x = {mark.x}, .y = {mark.y}, .colour = kBlack, .marks = true, .joined = false});
  return figure;
}

experiments::ReportTable numbers_of(const Study& study, const Findings& findings) {
  experiments::ReportTable table{.caption = {}, .rows = {study.heading}};
  table.rows.insert(table.rows.end(), findings.numbers.begin(), findings.numbers.end());
  return table;
}

Written write_study(const Study& study, const Findings& findings, const std::string& folder, bool figure,
                    const std::vector<Setting>& facts) {
  std::filesystem::create_directories(folder);
  const auto path = [&](const std::string& name) { return (std::filesystem::path(folder) / name).string(); };
  Written written{.paths = {path("points.csv"), path("manifest.json")}};
  experiments::write_whole(written.paths[0], points_csv(study, findings));
  experiments::write_whole(written.paths[1], manifest_json(study, findings, facts));
  if (!figure) return written;
  const Figure drawn = figure_of(study, findings);
  for (const char* extension : {".svg", ".png", ".pdf"}) {
    const std::string file = path(study.name + extension);
    if (const auto complaint = experiments::draw(drawn, file)) {
      written.complaint = *complaint;
      return written;
    }
    written.paths.push_back(file);
    if (written.svg.empty()) written.svg = content(file);
  }
  return written;
}

std::string html_section(const Study& study, const Findings& findings, const std::string& svg) {
  std::string out = fmt::format("<h2>{}</h2>\n<p>{}</p>\n", html_text(study.title), html_text(study.summary));
  if (!svg.empty())
    out += experiments::html(experiments::ReportFigure{
        .title = study.title, .caption = fmt::format("{} against {}", study.y.name, study.x.name), .svg = svg});
  const experiments::ReportTable numbers = numbers_of(study, findings);
  if (numbers.rows.size() > 1) out += experiments::html(numbers);
  return out + sentences(findings.notes);
}

}  // namespace bellwether::studies
