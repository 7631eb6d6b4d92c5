#pragma once

#include <string>
#include <vector>

#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"
#include "experiments/figures/curves.h"
#include "experiments/report/html_report.h"

namespace bellwether::cli {

/// Where and how an experiment is run.
struct ExperimentRun {
  std::string folder;
  std::string command;  ///< as typed, for the manifest and the report
  int threads = 1;
  bool fresh = false;
  bool figures = true;
};

/// Plays what the folder does not have yet, with a line of progress; Ctrl-C stops it. Prints the notes of the store.
experiments::Results play_experiment(const experiments::Grid& grid, const ExperimentRun& run);

/// Says how far a stopped run has come and returns the exit code for that.
int stopped_early(const experiments::Grid& grid, const experiments::Results& results);

/// Draws a figure; what went wrong is told on standard error.
bool draw_or_say(const experiments::Figure& figure, const std::string& path);

/// What was written, and the page with its figures.
struct WrittenExperiment {
  std::vector<std::string> paths;
  experiments::ReportPage page;
};

/// Writes tables, manifest, figures (SVG and PNG) and report.html, the last, into the folder.
WrittenExperiment write_experiment(const experiments::Grid& grid, const experiments::Results& results,
                                   const ExperimentRun& run);

}  // namespace bellwether::cli
