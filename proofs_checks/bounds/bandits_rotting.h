#pragma once

#include <cstdint>

namespace bellwether::bounds {

/// RAW-UCB on rested rotting arms with means in a range of this width, all windows (docs/papers/rotting-bandits.md):
/// sqrt(32 sigma^2 K T ln T) + K range (1 + pi^2 / 6); with doubling windows the root counts 1 + sqrt(2) times.
double raw_ucb(int arms, double sigma, double range, std::int64_t rounds, bool doubling);

}  // namespace bellwether::bounds
