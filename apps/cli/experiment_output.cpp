#include "apps/cli/experiment_output.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/status_line.h"
#include "apps/cli/terminal.h"
#include "experiments/engine/output.h"
#include "experiments/pages/whole_file.h"
#include "experiments/plot/gnuplot.h"
#include "mdp/io/file_bytes.h"

namespace bellwether::cli {
namespace {

using experiments::Grid;
using experiments::Results;

std::string rate_text(const experiments::Progress& progress, double seconds) {
  if (progress.steps_done == 0) return {};
  const double per_second = static_cast<double>(progress.steps_done) / seconds;
  const double left = static_cast<double>(progress.steps - progress.steps_done) / per_second;
  return fmt::format(", {} steps a second, about {} left", grouped(static_cast<std::int64_t>(per_second)),
                     duration(left));
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Draws all figures and puts the SVGs on the page; stops at the first complaint, which says what is missing.
void draw_figures(const Grid& grid, const Results& results, const ExperimentRun& run, std::vector<std::string>& written,
                  experiments::ReportPage& page) {
  for (const experiments::NamedFigure& figure : experiments::figures(grid, results, grid.plan.summary.metric)) {
    const std::string stem = (std::filesystem::path(run.folder) / figure.name).string();
    if (!draw_or_say(figure.figure, stem + ".svg")) return;
    page.figures.push_back({.title = figure.figure.title,
                            .caption = fmt::format("{} against {}", figure.figure.y_label, figure.figure.x_label),
                            .svg = content(stem + ".svg")});
    written.push_back(stem + ".svg");
    if (draw_or_say(figure.figure, stem + ".png")) written.push_back(stem + ".png");
  }
}

/// What cannot be replaced after the run (a folder of that name, a file that may not be written) is refused before it.
void require_places(const ExperimentRun& run) {
  for (const char* name : {"runs.csv", "summary.csv", "manifest.json", "report.html"}) {
    const std::filesystem::path path = std::filesystem::path(run.folder) / name;
    std::error_code absent;
    if (std::filesystem::exists(path, absent)) const mdp::FileWriter trial(path.string());
  }
}

/// Tables that were of other runs are replaced in plain sight; the runs themselves stay in the store.
void tell_what_is_replaced(const Grid& grid, const std::string& folder) {
  const std::string manifest = content((std::filesystem::path(folder) / "manifest.json").string());
  if (manifest.empty() || !experiments::leaves_out(grid, manifest)) return;
  const auto command = experiments::manifest_fact(manifest, "command");
  fmt::print(
      stderr,
      "bellwether: the tables and the report in {} were of {}; they will be replaced, the runs behind them are kept "
      "(--out another folder keeps both)\n",
      folder, command ? fmt::format("`{}`", *command) : "other runs");
}

}  // namespace

Results play_experiment(const Grid& grid, const ExperimentRun& run) {
  require_places(run);
  tell_what_is_replaced(grid, run.folder);
  const InterruptGuard guard;
  StatusLine line;
  Results results = experiments::run(
      grid, run.folder,
      {.threads = run.threads, .fresh = run.fresh, .progress = [&](const experiments::Progress& progress) {
         if (line.due()) {
           line.draw(fmt::format("{} of {} runs{}", grouped(progress.cells_done), grouped(progress.cells),
                                 rate_text(progress, line.elapsed())),
                     {"   Ctrl-C stops; the same command goes on", "   Ctrl-C stops"});
         }
         return !InterruptGuard::requested();
       }});
  for (const std::string& note : results.notes) fmt::print(stderr, "bellwether: {}\n", note);
  return results;
}

int stopped_early(const Grid& grid, const Results& results) {
  fmt::print(stderr, "stopped with {} of {} runs finished; the same command goes on from there\n",
             grouped(results.found + results.computed), grouped(static_cast<std::int64_t>(grid.cells.size())));
  return kNotMet;
}

bool draw_or_say(const experiments::Figure& figure, const std::string& path) {
  const auto complaint = experiments::draw(figure, path);
  if (complaint) fmt::print(stderr, "bellwether: {}\n", *complaint);
  return !complaint;
}

WrittenExperiment write_experiment(const Grid& grid, const Results& results, const ExperimentRun& run) {
  WrittenExperiment written{.paths = experiments::write_outputs(grid, results, run.folder, {{"command", run.command}}),
                            .page = {.command = run.command}};
  if (run.figures) draw_figures(grid, results, run, written.paths, written.page);
  const std::string path = (std::filesystem::path(run.folder) / "report.html").string();
  experiments::write_whole(path, experiments::html_report(grid, results, written.page));
  written.paths.push_back(path);
  return written;
}

}  // namespace bellwether::cli
