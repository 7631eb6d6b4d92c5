#include "proofs_checks/bounds/planning.h"

#include <cmath>

namespace bellwether::bounds {

double value_iteration_error(double last_change, double discount) { return discount / (1 - discount) * last_change; }

std::int64_t value_iteration_sweeps(double first_error, double error, double discount) {
  if (first_error <= error) return 0;
  if (discount == 0) return 1;
  return static_cast<std::int64_t>(std::ceil(std::log(error / first_error) / std::log(discount)));
}

double bellman_residual_error(double residual, double discount) { return residual / (1 - discount); }

double greedy_policy_loss(double distance, double discount) { return 2 * discount / (1 - discount) * distance; }

double greedy_policy_loss_from_residual(double residual, double discount) { return 2 * residual / (1 - discount); }

double macqueen_width(double span_of_change, double discount) { return discount / (1 - discount) * span_of_change; }

double policy_iteration_error(std::int64_t iterations, double first_error, double discount) {
  return std::pow(discount, static_cast<double>(iterations)) * first_error;
}

std::int64_t howard_improvements_hansen(std::int64_t states, std::int64_t choices, double discount) {
  const double block = std::ceil(std::log(static_cast<double>(states) / (1 - discount)) / (1 - discount));
  return (choices - states) * static_cast<std::int64_t>(block);
}

std::int64_t howard_improvements_scherrer(std::int64_t states, std::int64_t choices, double discount) {
  const double block = std::ceil(std::log(1 / (1 - discount)) / (1 - discount));
  return (choices - states) * static_cast<std::int64_t>(block);
}

double simulation_lemma(double reward_error, double row_error, double span_of_values, double discount) {
  return (reward_error + discount * row_error * span_of_values / 2) / (1 - discount);
}

double simulation_lemma_finite(double reward_error, double row_error, double reward_range, int horizon) {
  const double h = horizon;
  return h * reward_error + row_error * reward_range * h * (h - 1) / 4;
}

double anchored_residual(std::int64_t iterations, double first_error, double discount) {
  const double power = std::pow(discount, static_cast<double>(iterations + 1));
  // Multiplied through by gamma^{k+1}, so that no term overflows.
  return (1 / discount - discount) * power * (1 + 2 * discount - power) / (1 - power * power) * first_error;
}

}  // namespace bellwether::bounds
