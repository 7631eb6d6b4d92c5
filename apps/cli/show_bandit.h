#pragma once

#include <string>

#include "experiments/engine/grid.h"

namespace bellwether::cli {

/// What `show` says of a bandit: its arms with means and gaps, what is known about it, its settings, what to type next.
std::string bandit_text(const experiments::InstanceVariant& variant);

}  // namespace bellwether::cli
