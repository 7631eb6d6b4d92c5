#pragma once

#include <string>
#include <vector>

#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"

namespace bellwether::experiments {

/// Where the learners of an instance stand at the end: name with its constant, length, the metric of the plan's summary
/// with its standard error, how it grew, and how often optimism was violated (or what else qualifies the number).
struct FinalTable {
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> notes = {};  ///< what a mean is not of
};

/// One table for each protocol, in the order of the plan: what their columns count differs.
std::vector<FinalTable> final_tables(const Grid& grid, const Results& results, std::size_t instance);

}  // namespace bellwether::experiments
