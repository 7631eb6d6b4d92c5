#include "proofs_checks/bounds/linear_regret.h"

#include <cmath>

namespace bellwether::bounds {
namespace {

double growth(double dimension, double count, double length, double lambda) {
  return std::log1p(count * length * length / (dimension * lambda));
}

double martingale(const LinearSize& z) { return z.horizon * std::sqrt(2 * z.steps() * std::log(2 / z.delta)); }

}  // namespace

double elliptical_potential(double dimension, double count, double length, double lambda) {
  return 2 * dimension * growth(dimension, count, length, lambda);
}

double determinant_doublings(double dimension, double count, double length, double lambda) {
  return dimension / std::log(2.0) * growth(dimension, count, length, lambda);
}

double lsvi_ucb_regret(const LinearSize& z, double radius, double lambda) {
  return 2 * radius * z.horizon * std::sqrt(z.episodes * elliptical_potential(z.dimension, z.episodes, 1, lambda)) +
         martingale(z);
}

double ucrl_vtr_regret(const LinearSize& z, double radius, double lambda) {
  return z.horizon * determinant_doublings(z.dimension, z.steps(), z.horizon, lambda) +
         2 * radius * std::sqrt(2 * z.steps() * elliptical_potential(z.dimension, z.steps(), z.horizon, lambda)) +
         martingale(z);
}

double weighted_bernstein(const Noise& noise, double dimension, std::int64_t k, double length, double lambda,
                          double delta) {
  const auto count = static_cast<double>(k);
  const double a1 = growth(dimension, count, length, lambda);
  const double a2 = std::log(32 * (std::log(noise.range / noise.weighted_range) + 1) * count * count / delta);
  return 12 * noise.deviation * std::sqrt(dimension * a1 * a2) + 30 * noise.weighted_range * a2;
}

double linear_mdp_shape(const LinearSize& z) { return z.dimension * std::sqrt(std::pow(z.horizon, 3) * z.episodes); }

double ucrl_vtr_plus_shape(const LinearSize& z) {
  const double dh = z.dimension * z.horizon;
  return std::sqrt((dh * dh + dh * z.horizon * z.horizon) * z.steps());
}

double hard_mixture_advantage(const LinearSize& z) { return 1 / std::sqrt(32 * z.steps()); }

bool hard_mixture_applies(const LinearSize& z) {
  return z.dimension >= 4 && z.horizon >= 3 && z.episodes >= (z.dimension - 1) * (z.dimension - 1) * z.horizon / 2;
}

double hard_mixture_regret(const LinearSize& z) {
  return std::floor(z.horizon / 2) * (z.dimension - 1) * std::sqrt(z.steps()) / 77;
}

}  // namespace bellwether::bounds
