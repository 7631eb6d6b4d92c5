#include "proofs_checks/bounds/stopping.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bellwether::bounds {
namespace {

using std::numbers::e;

double rows(const EpisodicSize& z) { return z.states * z.actions * z.horizon; }
double log_visits(double visits) { return 1 + std::log(8 * (visits + 1)); }

/// The sum over T episodes of p / max{1, P}, P the sum of p before: 2 until P has reached 1, then x <= log2(1 + x).
double visits_log(double episodes) { return 2 + std::log2(std::max(1.0, episodes)); }

/// The sum over stages h of growth^h times `early`, or `last` at the last of them.
double sum_of_stages(double horizon, double growth, double early, double last) {
  double sum = 0, power = 1;
  for (int h = 0; h < horizon; ++h, power *= growth) sum += power * (h + 1 < horizon ? early : last);
  return sum;
}

/// The largest T at which `more` still says that T episodes may not be enough. It says so up to one point alone.
template <class More>
double largest(More&& more) {
  double low = 0, high = 1;
  while (more(high)) {
    low = high;
    high *= 2;
  }
  for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
    const double middle = (low + high) / 2;
    (more(middle) ? low : high) = middle;
  }
  return high;
}

}  // namespace

double rf_ucrl_beta(const EpisodicSize& z, double visits) {
  const double others = z.states - 1;
  return std::log(2 * rows(z) / z.delta) + (others > 0 ? others * (1 + std::log1p(visits / others)) : 0);
}

double pure_exploration_beta(const EpisodicSize& z, double visits) {
  return std::log(3 * rows(z) / z.delta) + z.states * log_visits(visits);
}

double best_policy_beta(const EpisodicSize& z, double visits) {
  return std::log(3 * rows(z) / z.delta) + log_visits(visits);
}

double rf_ucrl_episodes(const EpisodicSize& z, double epsilon) {
  const double root = 1 + std::numbers::sqrt2, stages = z.horizon * (z.horizon - 1) / epsilon;
  const double factor = 18 * root * root * stages * stages * z.states * z.actions;
  if (factor == 0) return 0;  // one stage: nothing depends on where it leads
  return largest([&](double t) { return t <= factor * rf_ucrl_beta(z, t); });
}

double rf_express_episodes(const EpisodicSize& z, double epsilon) {
  const double h = z.horizon;
  const double stages = sum_of_stages(h, (1 + 1 / h) * (1 + 1 / h), 15 + (1 + 1 / h) * (0.5 + 2 / (3 * h)), 15);
  const double factor = 4 * h * h * z.states * z.actions * stages;
  return largest([&](double t) {
    const double b = factor * pure_exploration_beta(z, t) * visits_log(t);
    return t * epsilon / 2 <= 3 * e * std::sqrt(t * b) + b;
  });
}

double bpi_ucbvi_episodes(const EpisodicSize& z, double epsilon) {
  const double h = z.horizon, growth = (1 + 3 / h) * (1 + 1 / (2 * h)) + 1 / h;
  const double variances = sum_of_stages(h, growth * growth, 1, 0);
  const double stages = sum_of_stages(h, growth, 72 + 12 / h + (1 + 3 / h) * (1 + 2 / (3 * h)), 36);
  const double pairs = z.states * z.actions;
  return largest([&](double t) {
    const double logs = visits_log(t);
    return t * epsilon <= 12 * (h - 1) * std::sqrt(pairs * variances * logs * best_policy_beta(z, t) * t) +
                              4 * h * h * pairs * stages * logs * pure_exploration_beta(z, t);
  });
}

}  // namespace bellwether::bounds
