#pragma once

#include <string>
#include <vector>

#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"

namespace bellwether::experiments {

/// A figure as SVG text, which holds its title; the caption says something else.
struct ReportFigure {
  std::string title;
  std::string caption;
  std::string svg;
};

/// A table of words; the first row is the heading.
struct ReportTable {
  std::string caption;  ///< may be empty
  std::vector<std::vector<std::string>> rows;
};

struct ReportPage {
  std::string command;  ///< makes this page again
  std::vector<ReportFigure> figures = {};
  std::vector<ReportTable> tables = {};  ///< of the caller (verdicts of claims, say), above the experiment's own
  std::vector<std::string> notes = {};
};

/// One HTML page that needs no other file and no network: figures, final results with growth and comparisons, what was
/// run with all settings and the hash of every instance, and the command. The same results give the same bytes.
std::string html_report(const Grid& grid, const Results& results, const ReportPage& page);

}  // namespace bellwether::experiments
