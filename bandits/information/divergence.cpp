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

double exponential_excess(double u) {
  if (std::abs(u) > 0.1) return std::expm1(u) - u;
  // u^2 / 2 (1 + u / 3 (1 + u / 4 (...))): the next term is below 1e-17 of the first.
  double sum = 1;
  constexpr int kTerms = 13;
  for (int k = kTerms; k >= 3; --k) sum = 1 + u / k * sum;
  return u * u / 2 * sum;
}

namespace {

/// ln(x / y): by log1p where they are close, which is where digits would be lost.
double log_ratio(double x, double y) {
  const double apart = (x - y) / y;
  return std::abs(apart) < 0.5 ? std::log1p(apart) : std::log(x / y);
}

double newton_to_root(double u, double level) {
  constexpr int kMostSteps = 100;
  for (int i = 0; i < kMostSteps; ++i) {
    const double step = (exponential_excess(u) - level) / std::expm1(u);
    if (!(std::abs(step) > 1e-15 * (1 + std::abs(u)))) break;
    u -= step;
  }
  return u;
}

}  // namespace

double positive_excess_root(double level) {
  if (!(level > 0)) return 0;
  // h(u) >= u^2 / 2 there, so u <= sqrt(2 level), and e^u = 1 + level + u.
  return newton_to_root(std::log1p(level + std::sqrt(2 * level)), level);
}

double negative_excess_root(double level) {
  if (!(level > 0)) return 0;
  // h(-v) >= v - 1, and v^2 / (2 + 2 v / 3): two v beyond the root.
  return newton_to_root(-std::min(1 + level, level / 3 + std::sqrt(level * level / 9 + 2 * level)), level);
}

double LawFamily::divergence(double p, double q) const {
  switch (kind) {
    case Kind::kBernoulli:
      return bernoulli_divergence(p, q);
    case Kind::kGaussian:
      return (p - q) * (p - q) / (2 * sigma * sigma);
    case Kind::kPoisson:
      return p > 0 ? p * exponential_excess(log_ratio(q, p)) : q;
    case Kind::kExponential:
      break;
  }
  return exponential_excess(log_ratio(p, q));
}

double LawFamily::variance(double q) const {
  switch (kind) {
    case Kind::kBernoulli:
      return q * (1 - q);
    case Kind::kGaussian:
      return sigma * sigma;
    case Kind::kPoisson:
      return q;
    case Kind::kExponential:
      break;
  }
  return q * q;
}

double LawFamily::upper(double p, double level) const {
  switch (kind) {
    case Kind::kBernoulli:
      return bernoulli_upper(p, level);
    case Kind::kGaussian:
      return p + sigma * std::sqrt(2 * level);
    case Kind::kPoisson:
      return p > 0 ? p * std::exp(positive_excess_root(level / p)) : level;
    case Kind::kExponential:
      break;
  }
  return p * std::exp(-negative_excess_root(level));
}

double LawFamily::lower(double p, double level) const {
  switch (kind) {
    case Kind::kBernoulli:
      return bernoulli_lower(p, level);
    case Kind::kGaussian:
      return p - sigma * std::sqrt(2 * level);
    case Kind::kPoisson:
      return p > 0 ? p * std::exp(negative_excess_root(level / p)) : 0;
    case Kind::kExponential:
      break;
  }
  return p * std::exp(-positive_excess_root(level));
}

}  // namespace bellwether::bandits
