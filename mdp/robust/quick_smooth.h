#pragma once

#include <span>

namespace bellwether::mdp::robust {

// The least value of one row in a Kullback-Leibler or chi-square ball, for sweeps: started from where the last sweep
// found the multiplier, one or two passes as a rule. The values are those of SmoothRow to about 1e-13 of the largest
// |z|; nothing is proven here, SmoothRow::enclose proves.

/// `certain` is exp(-radius): with that much mass on the least values nature is there. `hint` is the multiplier t of
/// the last call, 0 at first. p > 0.
double worst_kl(std::span<const double> p, std::span<const double> z, double radius, double certain, double& hint);

/// `hint` is the threshold a of the last call above the least value, 0 at first. p > 0.
double worst_chi_square(std::span<const double> p, std::span<const double> z, double radius, double& hint);

}  // namespace bellwether::mdp::robust
