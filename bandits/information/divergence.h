#pragma once

#include <cmath>
#include <limits>

namespace bellwether::bandits {

/// 0 ln 0 = 0.
inline double x_log_x(double x) { return x > 0 ? x * std::log(x) : 0; }

/// kl(p, q) = p ln(p / q) + (1 - p) ln((1 - p) / (1 - q)) of two Bernoulli laws; q is moved into [1e-15, 1 - 1e-15].
double bernoulli_divergence(double p, double q);

/// max{q in [p, 1] : kl(p, q) <= level}, and min{q in [0, p] : kl(p, q) <= level}. Within a few ulps: Newton's method
/// from the side on which it falls monotonically.
double bernoulli_upper(double p, double level);
inline double bernoulli_lower(double p, double level) { return 1 - bernoulli_upper(1 - p, level); }

/// e^u - 1 - u, without the cancellation near 0: Poisson laws of means p and q are p h(ln(q / p)) apart, exponential
/// ones h(ln(p / q)).
double exponential_excess(double u);
/// The roots of h(u) = level >= 0 on either side of 0, within a few ulps of 1 + |u|: Newton's method from outside,
/// monotone since h is convex.
double positive_excess_root(double level);
double negative_excess_root(double level);

/// Laws that are known but for their mean: what an information bound needs of them. Bernoulli, Poisson, exponential, or
/// normal with known standard deviation (for sub-Gaussian rewards a lower bound on what their laws are apart).
struct LawFamily {
  enum class Kind { kBernoulli, kGaussian, kPoisson, kExponential };
  Kind kind = Kind::kBernoulli;
  double sigma = 0.5;  ///< of the normal laws

  static LawFamily gaussian(double sigma) { return {.kind = Kind::kGaussian, .sigma = sigma}; }

  double divergence(double p, double q) const;
  /// The variance V(q): d divergence(p, q) / dq = (q - p) / V(q).
  double variance(double q) const;
  /// The largest q and the least with divergence(p, q) <= level.
  double upper(double p, double level) const;
  double lower(double p, double level) const;
};

}  // namespace bellwether::bandits
