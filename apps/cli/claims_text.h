#pragma once

#include <span>
#include <string>
#include <vector>

#include "proofs_checks/suite.h"

namespace bellwether::cli {

/// Measures claims and controls, with a line of progress; Ctrl-C stops between two measurements.
claims::Report run_claims(std::span<const claims::Claim* const> claims, claims::SuiteOptions options);

/// The table of verdicts, paper by paper, what failed explained, and the sum in one line. `explain`: everything is.
std::string claims_text(const claims::Report& report, bool explain);

/// What Ctrl-C left to do: "stopped with 3 of 14 claims finished, with all their controls; not finished: a, b"; nothing
/// after a whole run.
std::string unfinished_text(const claims::Report& report, std::size_t selected);

/// The claims that were not finished, as words of a command: the papers where there are many.
std::vector<std::string> unfinished_names(const claims::Report& report);

/// The same table as rows of words, the heading first.
std::vector<std::vector<std::string>> claims_rows(const claims::Report& report);

}  // namespace bellwether::cli
