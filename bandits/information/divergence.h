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

/// Laws that are known but for their mean: what an information bound needs of them. Bernoulli, or normal with known
/// standard deviation (for sub-Gaussian rewards a lower bound on what their laws are apart).
struct LawFamily {
  bool bernoulli = true;
  double sigma = 0.5;  ///< of the normal laws

  double divergence(double p, double q) const {
    return bernoulli ? bernoulli_divergence(p, q) : (p - q) * (p - q) / (2 * sigma * sigma);
  }
  /// The variance V(q): d divergence(p, q) / dq = (q - p) / V(q).
  double variance(double q) const { return bernoulli ? q * (1 - q) : sigma * sigma; }
  double upper(double p, double level) const {
    return bernoulli ? bernoulli_upper(p, level) : p + sigma * std::sqrt(2 * level);
  }
  double lower(double p, double level) const {
    return bernoulli ? bernoulli_lower(p, level) : p - sigma * std::sqrt(2 * level);
  }
};

}  // namespace bellwether::bandits
