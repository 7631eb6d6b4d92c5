#pragma once

#include <span>
#include <vector>

#include "core/stream.h"

namespace bellwether::bandits {

/// Leaves in `active` (ascending, and so again afterwards) the `survivors` arms with the largest score[arm], ties
/// broken at random.
void keep_best(std::vector<int>& active, std::span<const double> score, int survivors, Stream& stream);

/// Laplace with density exp(-|x| / scale) / (2 scale).
double sample_laplace(Stream& stream, double scale);

}  // namespace bellwether::bandits
