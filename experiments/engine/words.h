#pragma once

#include <string>
#include <string_view>

#include "experiments/engine/grid.h"

namespace bellwether::experiments {

/// What a metric measures, for axes and tables: "largest error of Q".
std::string metric_text(std::string_view metric);

/// What the lengths of runs count: "episodes", "steps", "samples of each choice".
std::string unit_of(Protocol protocol);

/// What an experiment is called: the title of its plan, or its instances, each once.
std::string title_of(const Grid& grid);

/// The text as a name of a file or folder: letters, digits, '@' and '.', dashes for the rest; the end of a long one
/// becomes digits that stand for the whole.
std::string file_name(std::string_view text);

}  // namespace bellwether::experiments
