#pragma once

#include <cstddef>
#include <string_view>

#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"
#include "experiments/plot/figure.h"

namespace bellwether::experiments {

/// The share of an instance's runs, of each learner that stops by itself, whose metric is at most x ("regret": that
/// have stopped after x episodes). Runs that reached their limit count as never stopped. No lines when nobody stops by
/// itself.
Figure stopping_times(const Grid& grid, const Results& results, std::size_t instance, std::string_view metric);

}  // namespace bellwether::experiments
