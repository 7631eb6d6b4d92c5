#pragma once

namespace bellwether::bandits {

/// Of radii and widths: a convention of experiments. At d = 10, T = 20000 and delta = 1 / T it takes the radius of OFUL
/// from 10.8 sigma to 2.7, where one direction that is fixed beforehand needs sqrt(2 ln T) = 4.5. No theorem stands
/// behind it.
inline constexpr double kEllipsoidPractical = 0.25;

/// Of the width of linear Thompson sampling: brings sigma sqrt(9 d ln(t / delta)), 28 sigma at d = 5 and t = T = 5000,
/// down to the sigma of the posterior. No theorem stands behind it.
inline constexpr double kSamplingPractical = 0.04;

/// Of sqrt(beta) in GP-UCB: a fifth of beta, as its authors do in their experiments.
inline constexpr double kGpPractical = 0.4472135954999579;  // 1 / sqrt(5)

}  // namespace bellwether::bandits
