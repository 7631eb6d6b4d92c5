#pragma once

#include <vector>

#include "bandits/arms/family.h"

namespace bellwether::bandits {

/// Arms with independent rewards of one law each.
std::vector<Family> stationary_families();

}  // namespace bellwether::bandits
