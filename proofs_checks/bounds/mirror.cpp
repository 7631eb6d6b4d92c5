#include "proofs_checks/bounds/mirror.h"

#include <cmath>

namespace bellwether::bounds {

double natural_gradient_error(std::int64_t iterations, double eta, int choices, double discount) {
  const auto k = static_cast<double>(iterations);
  return std::log(choices) / ((1 - discount) * eta * k) + 1 / ((1 - discount) * (1 - discount) * k);
}

double adaptive_mirror_error(std::int64_t iterations, double first_error, double slack, double discount) {
  return std::pow(discount, iterations) * (first_error + slack * discount / (1 - discount));
}

double constant_mirror_error(std::int64_t iterations, double eta, double first_divergence, double discount) {
  const double rest = 1 - discount;
  return (first_divergence / (rest * eta) + 1 / (rest * rest)) / static_cast<double>(iterations);
}

double geometric_mirror_error(std::int64_t iterations, double first_gap, double first_divergence, double eta,
                              double theta, double discount) {
  return std::pow(1 - 1 / theta, iterations) * (first_gap + first_divergence / (eta * (theta - 1) * (1 - discount)));
}

double softmax_gradient_error(std::int64_t iterations, int states, double least_probability, double mismatch,
                              double least_start, double discount) {
  return 16.0 * states * mismatch * mismatch /
         (least_probability * least_probability * std::pow(1 - discount, 6) * static_cast<double>(iterations) *
          least_start);
}

double softmax_domination(double gap, double least_probability, int states, double mismatch) {
  return least_probability / (std::sqrt(states) * mismatch) * gap;
}

double projected_gradient_iterations(double error, int states, int choices, double mismatch, double discount) {
  return 64 * discount * states * choices * mismatch * mismatch / (std::pow(1 - discount, 6) * error * error);
}

double log_barrier_iterations(double error, int states, int choices, double mismatch, double discount) {
  const double size = states * choices * mismatch;
  return 320 * size * size / (std::pow(1 - discount, 6) * error * error);
}

double regularised_factor(double eta, double temperature, double discount) {
  const double beta = 1 / (1 + eta * temperature);
  return beta + discount * (1 - beta);
}

double regularised_mirror_error(std::int64_t iterations, double first_error, double first_log_distance, double eta,
                                double temperature, double discount) {
  const double beta = 1 / (1 + eta * temperature), factor = regularised_factor(eta, temperature, discount);
  return discount * std::pow(factor, iterations - 1) * (first_error + 2 * temperature * beta * first_log_distance);
}

double dynamic_gradient_error(std::int64_t steps, double largest_return, int states, int choices) {
  return 4 * largest_return * states * choices * choices / static_cast<double>(steps);
}

}  // namespace bellwether::bounds
