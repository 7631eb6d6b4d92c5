#pragma once

#include <cstddef>
#include <string_view>

#include "core/stream.h"
#include "experiments/engine/grid.h"

namespace bellwether::experiments {

/// What a bootstrap draws from: named after its use, the instance, the learner and the metric, so that a summary does
/// not depend on what else is summarised.
Stream summary_stream(const Grid& grid, std::string_view use, std::size_t instance, std::size_t learner,
                      std::string_view metric);

}  // namespace bellwether::experiments
