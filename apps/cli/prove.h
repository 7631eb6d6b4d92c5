#pragma once

#include "apps/cli/solution_output.h"

namespace bellwether::cli {

/// Proves the answer in exact rational arithmetic: its policy is repaired where it is not optimal, its values and
/// bounds become those of the exact optimum. States with infinite values keep what the search of the graph found.
/// On Ctrl-C the answer stays as it is and its note says that the proof was not finished. InvalidOption when the model
/// is too large. `must_reach_goal` as the total-reward planners take it (auto, yes, no).
void prove_exactly(Answer& answer, const std::string& must_reach_goal = "auto");

}  // namespace bellwether::cli
