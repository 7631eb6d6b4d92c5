#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Samples from a generative model: discounted, rewards in [0, 1], natural logarithms. docs/papers: the page of the
// generative learners.

struct GenerativeSize {
  double states = 1, actions = 1, discount = 0.9, epsilon = 0.1, delta = 0.05;
};

/// m = ceil(68 / ((1 - gamma)^3 eps^2) ln(12 S A / delta)) samples of each (s, a) make the optimal values of the
/// empirical model eps-close to Q* with probability 1 - delta: Azar, Munos and Kappen 2013, Theorem 1.
std::int64_t azar_samples_per_choice(const GenerativeSize& size);

/// The same the other way round: the error that so many samples of each (s, a) allow with probability 1 - delta. The
/// theorem speaks of errors in (0, 1); `epsilon` is not read.
double azar_error(const GenerativeSize& size, double samples);

/// S A ln(S A / ((1 - gamma) delta)) / ((1 - gamma)^3 eps^2) samples in all for an eps-optimal policy, for every eps in
/// (0, 1 / (1 - gamma)]: Li, Wei, Chi, Gu and Chen 2020. Shape only: the constant is not published.
double li_samples_shape(const GenerativeSize& size);
/// The size xi of the random rewards (uniform on [0, xi]) that break ties: c (1 - gamma) eps / (S A)^5, c = 1. Shape.
double li_perturbation(const GenerativeSize& size);

/// S A / ((1 - gamma)^4 eps^2): synchronous Q-learning with A >= 2; with A = 1 (temporal differences) the power is 3.
/// Li, Cai, Chen, Wei and Chi 2021. Shape only.
double synchronous_q_shape(const GenerativeSize& size);

/// S A ln(1 / delta) / ((1 - gamma)^3 eps^2): no method needs fewer. Azar, Munos and Kappen 2013. Shape only.
double generative_lower_shape(const GenerativeSize& size);

/// No method whatsoever gets below this mean error of Q* on both of two gadgets with samples of the loop's choices:
/// those whose loops stay with p = (4 gamma - 1) / (3 gamma) and with p + x, averaged over the two. By Le Cam's
/// two-point argument and the inequality of Bretagnolle and Huber it is at least (1/4) |V_x - V_0| exp(-samples
/// KL(p, p + x)), V_x = 1 / (1 - gamma (p + x)). With x = two_point_advantage() that is about
/// 0.05 (1 - gamma)^-3/2 samples^-1/2.
double two_point_error(double discount, double samples);
/// x with samples KL(p, p + x) = 1/2, nearly: sqrt(p (1 - p) / samples), at most (1 - p) / 2.
double two_point_advantage(double discount, double samples);

}  // namespace bellwether::bounds
