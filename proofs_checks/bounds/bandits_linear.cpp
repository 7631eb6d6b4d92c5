#include "proofs_checks/bounds/bandits_linear.h"

#include <cmath>
#include <numbers>

namespace bellwether::bounds {
namespace {

/// What is not logarithmic in CombUCB1's bounds.
double comb_ucb_constant(int chosen, int items) {
  return (std::numbers::pi * std::numbers::pi / 3 + 1) * chosen * items;
}

}  // namespace

double log_det_growth(const LinearSize& size) {
  const double d = size.dimension, square = size.feature_bound * size.feature_bound;
  return d * std::log1p(static_cast<double>(size.rounds) * square / (d * size.lambda));
}

double elliptical_potential(double log_det_growth) { return 2 * log_det_growth; }

double ellipsoid_radius(const LinearSize& size, double log_det_growth) {
  return size.sigma * std::sqrt(2 * std::log(1 / size.delta) + log_det_growth) +
         std::sqrt(size.lambda) * size.parameter_bound;
}

double oful_regret(const LinearSize& size) {
  const double growth = log_det_growth(size);
  return ellipsoid_radius(size, growth) * std::sqrt(8 * static_cast<double>(size.rounds) * growth);
}

double determinant_switches(const LinearSize& size, double growth) { return log_det_growth(size) / std::log1p(growth); }

double hypercube_regret(std::int64_t rounds, int dimension) {
  return std::exp(-2) / 8 * dimension * std::sqrt(static_cast<double>(rounds));
}

double process_beta(int points, std::int64_t round, double delta) {
  const auto t = static_cast<double>(round);
  return 2 * std::log(points * t * t * std::numbers::pi * std::numbers::pi / (6 * delta));
}

double process_regret(std::int64_t rounds, double beta, double information, double sigma) {
  return std::sqrt(8 * static_cast<double>(rounds) * beta * information / std::log1p(1 / (sigma * sigma)));
}

double comb_ucb_regret(std::int64_t rounds, int chosen, int items, std::span<const double> gaps) {
  double sum = 0;
  for (const double gap : gaps) sum += 534 * chosen / gap;
  return sum * std::log(static_cast<double>(rounds)) + comb_ucb_constant(chosen, items);
}

double comb_ucb_worst_regret(std::int64_t rounds, int chosen, int items) {
  const auto t = static_cast<double>(rounds);
  return 47 * std::sqrt(chosen * items * t * std::log(t)) + comb_ucb_constant(chosen, items);
}

}  // namespace bellwether::bounds
