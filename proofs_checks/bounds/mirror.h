#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Gradient and mirror methods on models with rewards on [0, 1]; `discount` is gamma, norms are the largest absolute
// entry. Statements: docs/papers/policy-gradient.md, policy-mirror-descent.md, dynamic-policy-gradient.md.

/// V* - V_k <= log A / ((1-g) eta k) + 1 / ((1-g)^2 k) in every state, natural policy gradient from the uniform policy;
/// eta multiplies Q in the exponent. Agarwal, Kakade, Lee and
/// Mahajan 2021.
double natural_gradient_error(std::int64_t iterations, double eta, int choices, double discount);

/// |V* - V_k| <= g^k (|V* - V_0| + c_0 g / (1-g)), mirror descent with adaptive steps. Johnson, Pike-Burke and
/// Rebeschini 2023.
double adaptive_mirror_error(std::int64_t iterations, double first_error, double slack, double discount);

/// V* - V_k <= (D_0 / ((1-g) eta) + 1 / (1-g)^2) / k in every state, mirror descent with constant steps in any
/// geometry; D_0 the largest divergence of an optimal choice from the first policy. Xiao 2022, Lan 2023.
double constant_mirror_error(std::int64_t iterations, double eta, double first_divergence, double discount);

/// V*(rho) - V_k(rho) <= (1 - 1/theta)^k (V*(rho) - V_0(rho) + D_0 / (eta (theta - 1) (1-g))), theta = |d*_rho / rho| /
/// (1-g), for steps that begin with eta and grow by theta / (theta - 1). Xiao 2022.
double geometric_mirror_error(std::int64_t iterations, double first_gap, double first_divergence, double eta,
                              double theta, double discount);

/// V*(rho) - V_k(rho) <= 16 S / (c^2 (1-g)^6 k) mismatch^2 / min mu, softmax policy gradient with step (1-g)^3 / 8;
/// c is the least probability of an optimal choice along the run, mismatch = |d*_mu / mu|. Mei, Xiao, Szepesvari and
/// Schuurmans 2020, Theorem 4.
double softmax_gradient_error(std::int64_t iterations, int states, double least_probability, double mismatch,
                              double least_start, double discount);

/// |grad V(mu)| >= least pi(a*|s) / (sqrt(S) mismatch) (V*(rho) - V(rho)), mismatch = |d*_rho / d_mu|: the right side.
/// Mei et al. 2020, Lemma 8.
double softmax_domination(double gap, double least_probability, int states, double mismatch);

/// Projected policy gradient finds an iterate within eps after 64 g S A mismatch^2 / ((1-g)^6 eps^2) iterations.
/// Agarwal et al. 2021.
double projected_gradient_iterations(double error, int states, int choices, double mismatch, double discount);

/// Softmax policy gradient with the log barrier eps (1-g) / (2 mismatch) finds an iterate within eps after
/// 320 (S A mismatch)^2 / ((1-g)^6 eps^2) iterations. Agarwal et al. 2021, Corollary 5.1.
double log_barrier_iterations(double error, int states, int choices, double mismatch, double discount);

/// beta + g (1 - beta), beta = 1 / (1 + eta tau): what mirror descent with entropy contracts by. eta may be infinite.
double regularised_factor(double eta, double temperature, double discount);

/// |Q_tau* - Q_k| <= g factor^(k-1) (|Q_tau* - Q_0| + 2 tau beta |log pi* - log pi_0|), k >= 1. Cen, Cheng, Chen, Wei
/// and Chi 2022.
double regularised_mirror_error(std::int64_t iterations, double first_error, double first_log_distance, double eta,
                                double temperature, double discount);

/// J_h* - J_h <= 4 R S A^2 / n after n softmax gradient steps of length 1 / (2 R) on one stage from the uniform policy,
/// states weighted alike, R the largest return from the stage on. Klein, Weissmann and Doering 2024.
double dynamic_gradient_error(std::int64_t steps, double largest_return, int states, int choices);

}  // namespace bellwether::bounds
