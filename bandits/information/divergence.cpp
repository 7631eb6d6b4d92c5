#include "bandits/information/divergence.h"

#include <algorithm>

namespace bellwether::bandits {

double bernoulli_divergence(double p, double q) {
  constexpr double kEdge = 1e-15;
  const double inner = std::clamp(q, kEdge, 1 - kEdge);
  if (p == inner) return 0;
  // log1p: two terms of the order of p - q are left to cancel, not two of order 1.
  const double first = p > 0 ? p * std::log1p((p - inner) / inner) : 0;
  const double second = p < 1 ? (1 - p) * std::log1p((inner - p) / (1 - inner)) : 0;
  return std::max(0.0, first + second);
}

double bernoulli_upper(double p, double level) {
  if (p >= 1) return 1;
  if (!(level > 0)) return p;
  const double entropy = x_log_x(p) + x_log_x(1 - p);
  // Three upper bounds on the root, since kl is at least 2 (q - p)^2, (q - p)^2 / (2 q) and entropy - (1 - p) ln(1 -
  // q).
  const double pinsker = p + std::sqrt(level / 2);
  const double small = p + level + std::sqrt(level * (level + 2 * p));
  const double edge = -std::expm1(-(level - entropy) / (1 - p));
  double q = std::min({pinsker, small, edge});
  if (q >= 1) return 1;
  // kl(p, .) is convex: from above Newton's steps go down to the root and never past it.
  constexpr int kMostSteps = 60;
  for (int i = 0; i < kMostSteps; ++i) {
    const double excess = entropy - (p > 0 ? p * std::log(q) : 0) - (1 - p) * std::log1p(-q) - level;
    const double step = excess * q * (1 - q) / (q - p);
    if (!(step > 1e-15 * q)) break;
    q -= step;
    if (q <= p) return p;  // the level is lost in rounding
  }
  return q;
}

}  // namespace bellwether::bandits
