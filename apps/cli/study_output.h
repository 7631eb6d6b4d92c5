#pragma once

#include <string>

#include "experiments/studies/output.h"
#include "experiments/studies/study.h"

namespace bellwether::cli {

/// Computes a study with a line of progress; Ctrl-C stops it, and then the outcome is not complete.
studies::Outcome play_study(const studies::Study& study, int threads);

/// What a study is, its numbers and its notes, for a terminal.
std::string study_text(const studies::Study& study, const studies::Findings& findings);

}  // namespace bellwether::cli
