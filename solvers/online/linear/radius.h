#pragma once

#include <cstdint>

namespace bellwether::online {

// Radii of the confidence ellipsoids of docs/papers/linear-regret.md.

/// What radii ask of a task: the learner plays `episodes` of `horizon` steps with features of length `dimension`.
struct LinearSize {
  double dimension = 1, horizon = 1, episodes = 1;
  double delta = 0.05;
};

/// LSVI-UCB. The paper writes c d H sqrt(ln(2 d T / delta)) with a constant c it does not name; this is the smallest
/// number with which its proof goes through, the solution of
///   beta = 4 H sqrt(d lambda) + sqrt(4 H^2 (d/2 ln(1 + K/lambda) + ln(N(beta) 2 H / delta)) + 8 K^2 e^2 / lambda),
///   ln N(beta) = d ln(1 + 8 H sqrt(d K / lambda) / e) + d^2 ln(1 + 8 sqrt(d) beta^2 / (lambda e^2)),   e = d H / K:
/// N covers all value functions that the learner can come by. Half of delta is left for the regret's martingale.
double lsvi_radius(const LinearSize& size, double lambda);

/// UCRL-VTR, |theta| <= B, |phi_V| <= H: (H/2) sqrt(d ln(1 + K H^3 / (d lambda)) + 2 ln(2 n / delta)) + sqrt(lambda) B
/// for n ellipsoids at once. Half of delta is left for the regret's martingale.
double vtr_radius(const LinearSize& size, double lambda, double bound, double ellipsoids);

/// LSVI-UCB++, each up to a constant that the paper does not name.
struct PlusPlusRadii {
  double optimistic, pessimistic, square;
};
PlusPlusRadii plus_plus_radii(const LinearSize& size, double lambda);

/// UCRL-VTR+ before episode k (from 1), lambda = 1 / B^2, with l = ln(4 k^2 n / delta) for n ellipsoids at once: H in
/// the paper, one a stage.
struct VtrPlusRadii {
  double value, variance, square;  ///< beta^, beta-check, beta~
};
VtrPlusRadii vtr_plus_radii(const LinearSize& size, double bound, double ellipsoids, std::int64_t k);

}  // namespace bellwether::online
