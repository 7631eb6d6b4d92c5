#pragma once

#include "experiments/engine/plan.h"

namespace bellwether::cli {

struct HiddenFacts {
  bool all = false;     ///< however long it takes; Ctrl-C stops
  bool matrix = false;  ///< every transition, too
};

/// Prints the facts of an instance or a file with hidden contexts or states; false, and nothing, when it has none.
bool show_hidden(const experiments::Entry& entry, const HiddenFacts& what);

}  // namespace bellwether::cli
