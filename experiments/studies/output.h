#pragma once

#include <string>
#include <vector>

#include "core/options.h"
#include "experiments/pages/html.h"
#include "experiments/plot/figure.h"
#include "experiments/studies/study.h"

namespace bellwether::studies {

/// Tidy table, one row a point: `study,series,kind,<at>,x,y` with kind `measured`, `theory` or `mark`, numbers with 17
/// digits. The column of Study::at is called `at` when it has no name of its own; it is empty where there is nothing.
std::string points_csv(const Study& study, const Findings& findings);

/// Names, axes, series with their formulas, marks, numbers, program version and compiler, and `facts` (what the caller
/// knows: the command) as JSON.
std::string manifest_json(const Study& study, const Findings& findings, const std::vector<Setting>& facts = {});

/// The findings as a figure: theory dashed in the colour of what it speaks of, marks in black.
experiments::Figure figure_of(const Study& study, const Findings& findings);

/// The numbers that matter; no rows but the heading when the study has none.
experiments::ReportTable numbers_of(const Study& study, const Findings& findings);

/// Where a study was written to, and what went wrong with its figure, if anything.
struct Written {
  std::vector<std::string> paths = {};
  std::string svg = {};        ///< the figure; empty when it was not drawn
  std::string complaint = {};  ///< gnuplot is missing, say
};

/// Writes points.csv, manifest.json and, when asked for, the figure as <name>.svg, .png and .pdf into the folder, which
/// is made when it is not there; each file in one step.
Written write_study(const Study& study, const Findings& findings, const std::string& folder, bool figure,
                    const std::vector<Setting>& facts = {});

/// A section of a report: title, summary, figure, numbers, what theory says, notes.
std::string html_section(const Study& study, const Findings& findings, const std::string& svg);

}  // namespace bellwether::studies
