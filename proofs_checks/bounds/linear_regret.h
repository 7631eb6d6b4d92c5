#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Learners of linear MDPs and of linear mixtures; rewards in [0, 1], natural logarithms. Statements:
// docs/papers/linear-regret.md.

struct LinearSize {
  double dimension = 1, horizon = 1, episodes = 1;
  double delta = 0.05;

  double steps() const { return episodes * horizon; }
};

/// 2 d ln(1 + n L^2 / (d lambda)): what sum of min{1, |x_t|^2 in Sigma_{t-1}^-1} over n vectors no longer than L stays
/// below (the elliptical potential).
double elliptical_potential(double dimension, double count, double length, double lambda);
/// (d / ln 2) ln(1 + n L^2 / (d lambda)): how often det Sigma can double.
double determinant_doublings(double dimension, double count, double length, double lambda);

/// 2 beta H sqrt(2 d K ln(1 + K / (d lambda))) + H sqrt(2 T ln(2 / delta)), lambda >= 1: LSVI-UCB with the radius that
/// its proof needs, by the steps of Jin, Yang, Wang and Jordan 2020, Theorem 3.1, whose own constant has no name.
double lsvi_ucb_regret(const LinearSize& size, double radius, double lambda);
/// H N + 2 beta sqrt(2 T * 2 d G) + H sqrt(2 T ln(2 / delta)) with G = ln(1 + T H^2 / (d lambda)) and N = d G / ln 2
/// episodes in which the determinant doubles: UCRL-VTR, homogeneous, 2 beta >= H, |phi_V| <= H; after Jia, Yang,
/// Szepesvari and Wang 2020.
double ucrl_vtr_regret(const LinearSize& size, double radius, double lambda);

/// What noise is known to be, given all that happened before it.
struct Noise {
  double deviation = 1;       ///< its standard deviation is at most sigma,
  double range = 1;           ///< its size at most R,
  double weighted_range = 1;  ///< and |eps_i| min{1, |x_i| in Z_{i-1}^-1} at most rho
};
/// 12 sqrt(sigma^2 d A1 A2) + 30 rho A2, A1 = ln(1 + k L^2 / (d lambda)), A2 = ln(32 (ln(R / rho) + 1) k^2 / delta):
/// what |sum of x_i eps_i| in Z_k^-1 stays below for all k at once with probability 1 - delta. Zhou and Gu 2022,
/// Theorem 4.1.
double weighted_bernstein(const Noise& noise, double dimension, std::int64_t k, double length, double lambda,
                          double delta);

// Shapes only.

/// d sqrt(H^3 K): LSVI-UCB++, He, Zhao, Zhou and Gu 2023, and the lower bound of linear MDPs.
double linear_mdp_shape(const LinearSize& size);
/// sqrt(d^2 H^2 + d H^3) sqrt T: UCRL-VTR+, Zhou, Gu and Szepesvari 2021, inhomogeneous.
double ucrl_vtr_plus_shape(const LinearSize& size);

/// The hard mixture of Zhou, Gu and Szepesvari 2021, section 5.3: from each of H states a step escapes to a paying
/// state with probability 1/H + <mu_h, a>, mu_h in {-D, D}^{d-1}, a in {-1, 1}^{d-1}, D = sqrt(1 / (H K)) / (4 sqrt 2).
double hard_mixture_advantage(const LinearSize& size);
/// d >= 4, H >= 3 and K >= (d - 1)^2 H / 2.
bool hard_mixture_applies(const LinearSize& size);
/// floor(H / 2) (d - 1) sqrt(H K) / 77, of the regret averaged over all mu: the paper's order, with a constant that
/// docs/papers/linear-regret.md derives.
double hard_mixture_regret(const LinearSize& size);

}  // namespace bellwether::bounds
