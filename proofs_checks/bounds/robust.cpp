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

}  // namespace bellwether::bounds
