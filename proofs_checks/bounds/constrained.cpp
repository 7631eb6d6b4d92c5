#include "proofs_checks/bounds/constrained.h"

#include <cmath>

namespace bellwether::bounds {

double npg_primal_dual_gap(std::int64_t steps, double discount) {
  const double rest = 1 - discount;
  return 7 / (rest * rest * std::sqrt(static_cast<double>(steps)));
}

double npg_primal_dual_excess(std::int64_t steps, double discount, double slack) {
  const double rest = 1 - discount;
  return (2 / slack + 4 * slack) / (rest * rest * std::sqrt(static_cast<double>(steps)));
}

double crpo_gap(std::int64_t steps, int choices, double discount) {
  const double rest = 1 - discount;
  return std::sqrt(2 * std::log(choices)) / (rest * rest * std::sqrt(static_cast<double>(steps)));
}

namespace {

/// sum over k = 1..n of k^-power.
double power_sum(std::int64_t n, double power) {
  double sum = 0;
  for (std::int64_t k = 1; k <= n; ++k) sum += std::pow(static_cast<double>(k), -power);
  return sum;
}

}  // namespace

double dual_ascent_gap(std::int64_t steps, double distance, double numerator, double largest) {
  const double above = distance * distance / numerator + numerator * power_sum(steps, 1);
  return largest * above / (2 * power_sum(steps, .5));
}

double dual_ascent_excess(std::int64_t steps, double distance, double numerator, double largest) {
  const double farthest = distance + std::hypot(distance, numerator * std::sqrt(power_sum(steps, 1)));
  return largest * farthest / (numerator * power_sum(steps, .5));
}

double largest_multipliers(double value_above_safe, double slack) { return value_above_safe / slack; }

int positive_occupancies(int states, int budgets) { return states + budgets; }

double barrier_gap(int thresholds, double sharpness) { return thresholds / sharpness; }

double regularised_bandit(double tau) {
  double low = 0.5, high = 1;  // the left side grows, the right side falls
  for (int i = 0; i < 200; ++i) {
    const double p = 0.5 * (low + high);
    const double y = (p - 0.5) / tau;
    (std::log(p / (1 - p)) < (1 - y) / tau ? low : high) = p;
  }
  return 0.5 * (low + high);
}

}  // namespace bellwether::bounds
