#pragma once

#include "apps/cli/solution_output.h"

namespace bellwether::cli {

/// Proves the answer in exact rational arithmetic: its policy is repaired where it is not optimal, its values and bounds
/// become those of the exact optimum. InvalidOption when the model is too large for that.
void prove_exactly(Answer& answer);

}  // namespace bellwether::cli
