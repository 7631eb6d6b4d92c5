#pragma once

#include <span>

namespace bellwether::bandits {

/// Minimisers over the simplex of <p, theta> + psi(p), where psi(p) = -sum (p^alpha - alpha p) / (alpha (1 - alpha)),
/// the Tsallis entropy: at alpha = 1 its limit sum p ln p, at alpha = 0 the log barrier -sum ln p. They are
///   p_i = exp(-theta_i) / sum exp(-theta_j)                       alpha = 1
///   p_i = ((1 - alpha)(theta_i - min theta + w))^(-1 / (1 - alpha))    alpha < 1
/// with the one w >= 1 / (1 - alpha) for which they sum to 1. That sum is convex and falls in w, so Newton's method
/// from the left never overshoots; it begins where the call before ended, which is near.
class Potential {
 public:
  /// alpha in [0, 1].
  explicit Potential(double alpha);

  /// Writes p, which does not change when a constant is added to all of theta, up to rounding; returns the number of
  /// Newton steps. |sum p - 1| is below 1e-14 up to a few dozen arms, and below arms 2^-52 beyond.
  int minimise(std::span<const double> theta, std::span<double> p);

  double alpha() const { return alpha_; }

 private:
  double alpha_, power_;  // power: -1 / (1 - alpha)
  double first_;          // 1 / (1 - alpha): with this w the largest p would be 1
  double root_;           // w of the last call
};

}  // namespace bellwether::bandits
