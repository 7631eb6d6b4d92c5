#pragma once

#include <string>
#include <string_view>

#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"

namespace bellwether::cli {

/// The tables of a finished experiment for a terminal: the final metric and its growth for every learner, and who can
/// be told apart from whom.
std::string experiment_text(const experiments::Grid& grid, const experiments::Results& results);

}  // namespace bellwether::cli
