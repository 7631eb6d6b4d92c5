#include "proofs_checks/bounds/stopping.h"

#include <cmath>
#include <numbers>

namespace bellwether::bounds {
namespace {

using std::numbers::e;

double rows(const EpisodicSize& z) { return z.states * z.actions * z.horizon; }
double log_visits(double visits) { return 1 + std::log(8 * (visits + 1)); }

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
  const double factor = 832.0 / 3 * std::pow(e, 3) * z.horizon * z.horizon * rows(z);
  return largest([&](double t) {
    const double b = factor * pure_exploration_beta(z, t) * std::log(t + 1);
    return t * epsilon / 2 <= 3 * e * std::sqrt(t * b) + b;
  });
}

double bpi_ucbvi_episodes(const EpisodicSize& z, double epsilon) {
  const double size = z.horizon * z.horizon * rows(z);
  return largest([&](double t) {
    const double logs = size * std::log(t + 1);
    return t * epsilon <= std::pow(e, 13) * (24 * std::sqrt(logs * best_policy_beta(z, t) * t) +
                                             2816.0 / 3 * logs * pure_exploration_beta(z, t));
  });
}

}  // namespace bellwether::bounds
