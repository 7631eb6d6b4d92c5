#pragma once

#include <span>
#include <string>
#include <vector>

#include "proofs_checks/suite.h"

namespace bellwether::cli {

/// Measures claims and controls, with a line of progress.
claims::Report run_claims(std::span<const claims::Claim* const> claims, claims::SuiteOptions options);

/// The table of verdicts, paper by paper, what failed explained, and the sum in one line. `explain`: everything is.
std::string claims_text(const claims::Report& report, bool explain);

/// The same table as rows of words, the heading first.
std::vector<std::vector<std::string>> claims_rows(const claims::Report& report);

}  // namespace bellwether::cli
