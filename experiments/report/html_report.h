#pragma once

#include <string>
#include <vector>

#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"
#include "experiments/pages/html.h"

namespace bellwether::experiments {

struct ReportPage {
  std::string command;  ///< makes this page again
  std::vector<ReportFigure> figures = {};
  std::vector<ReportTable> tables = {};  ///< of the caller (verdicts of claims, say), above the experiment's own
  std::vector<std::string> notes = {};
};

/// One HTML page that needs no other file and no network: figures, final results with growth and comparisons, what was
/// run with all settings and the hash of every instance, and the command. The same results give the same bytes.
std::string html_report(const Grid& grid, const Results& results, const ReportPage& page);

/// The same without the frame of a page, its title and the command: a part of a larger page.
std::string html_sections(const Grid& grid, const Results& results, const ReportPage& page);

}  // namespace bellwether::experiments
