#pragma once

#include <cstdint>
#include <span>

namespace bellwether::bounds {

// Bounds for bandits with a structure over time, with all constants (docs/papers/weighted-tallying-bandits.md).

/// Successive elimination with repeated exposures, with probability 1 - 1/T: 1 + sum over epochs e and over the arms
/// that may be active in e of (M + 2^e min{1, gap}), as long as more than one may be. An arm may be active in epoch
/// e >= 2 when its gap is at most 4 r_{e-1}, r_e = sqrt(2 sigma^2 ln(2 K T log2 T) / 2^e). gaps: losses at full
/// exposure minus the least of them, one a arm; there are at most log2 T epochs. T >= 2.
double repeated_exposure_regret(std::span<const double> gaps, double sigma, std::int64_t burn_in, std::int64_t rounds);

/// 1 + ln(1 / eps) / -ln(rho + tau (1 - rho)): iterations to the tolerance eps when rho is the spectral radius and
/// powers of the iteration fall at a rate at most so much slower. Khodak, Chow, Balcan and Talwalkar 2024, Lemma 2.1.
double relaxation_iterations(double radius, double slack, double tolerance);

}  // namespace bellwether::bounds
