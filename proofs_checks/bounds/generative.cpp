#include "proofs_checks/bounds/generative.h"

#include <algorithm>
#include <cmath>

namespace bellwether::bounds {
namespace {

/// 1 / ((1 - gamma)^power eps^2)
double scale(const GenerativeSize& z, int power) { return std::pow(1 - z.discount, -power) / (z.epsilon * z.epsilon); }

}  // namespace

std::int64_t azar_samples_per_choice(const GenerativeSize& z) {
  return static_cast<std::int64_t>(std::ceil(68 * scale(z, 3) * std::log(12 * z.states * z.actions / z.delta)));
}

double azar_error(const GenerativeSize& z, double samples) {
  const double log = std::log(12 * z.states * z.actions / z.delta);
  return std::sqrt(68 * std::pow(1 - z.discount, -3) * log / samples);
}

double li_samples_shape(const GenerativeSize& z) {
  const double pairs = z.states * z.actions;
  return pairs * scale(z, 3) * std::log(pairs / ((1 - z.discount) * z.delta));
}

double li_perturbation(const GenerativeSize& z) {
  return (1 - z.discount) * z.epsilon / std::pow(z.states * z.actions, 5);
}

double synchronous_q_shape(const GenerativeSize& z) { return z.states * z.actions * scale(z, z.actions > 1 ? 4 : 3); }

double generative_lower_shape(const GenerativeSize& z) {
  return z.states * z.actions * scale(z, 3) * std::log(1 / z.delta);
}

double two_point_advantage(double discount, double samples) {
  const double p = (4 * discount - 1) / (3 * discount);
  return std::min(std::sqrt(p * (1 - p) / samples), (1 - p) / 2);
}

double two_point_error(double discount, double samples) {
  const double p = (4 * discount - 1) / (3 * discount), q = p + two_point_advantage(discount, samples);
  const double divergence = p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
  const double apart = 1 / (1 - discount * q) - 1 / (1 - discount * p);
  return apart / 4 * std::exp(-samples * divergence);
}

}  // namespace bellwether::bounds
