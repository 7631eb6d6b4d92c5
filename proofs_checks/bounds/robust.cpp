#include "proofs_checks/bounds/robust.h"

#include <cmath>

namespace bellwether::bounds {

double partial_policy_iteration_error(std::int64_t k, double first_error, double first_accuracy, double exponent,
                                      double discount) {
  const double sum = 2 * first_accuracy / (1 - std::pow(discount, exponent - 1));
  return std::pow(discount, static_cast<double>(k - 1)) * (first_error + sum);
}

double robust_simulation_lemma(double row_error, double span_of_values, double discount) {
  return discount * row_error * span_of_values / (2 * (1 - discount));
}

double fitted_z_error(std::int64_t n, std::int64_t choices, double beta, double span_of_values, double discount,
                      double delta) {
  const double deviation = std::sqrt(std::log(2 * static_cast<double>(choices) / delta) / (2 * static_cast<double>(n)));
  return discount / (1 - discount) * std::expm1(beta * span_of_values) / beta * deviation;
}

}  // namespace bellwether::bounds
