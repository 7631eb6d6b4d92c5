#pragma once

#include "experiments/engine/grid.h"

namespace bellwether::experiments {

/// Fails, naming the setting, when the plan says something that nothing in the grid looks at: the reader would take the
/// numbers for an answer to it. Axes and the metric must have been settled.
void require_settings_used(const Grid& grid);

}  // namespace bellwether::experiments
