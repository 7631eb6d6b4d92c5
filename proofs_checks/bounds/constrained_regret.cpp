#include "proofs_checks/bounds/constrained_regret.h"

#include <cmath>

namespace bellwether::bounds {
namespace {

/// Sum over h of H - h - 1: twice for learners whose values are cut off at H - h.
double plain_weight(double horizon) { return horizon * (horizon - 1) / 2; }

/// Sum over h of (H - h - 1)(1 + (H - h) / 2).
double untruncated_weight(double horizon) {
  double sum = 0;
  for (double left = horizon; left > 0; --left) sum += (left - 1) * (1 + left / 2);
  return sum;
}

/// What multipliers with step eta cost, eta K H^2 / 2 a constraint.
double multiplier_regret(const ConstrainedSize& size, double room, double step) {
  const double radius = size.horizon / room;
  return step * radius * size.constraints * size.horizon * std::sqrt(size.episodes) / 2;
}

/// What exponential weights with step t cost: H ln A / t + (t K / 8) (1 + 2 m H / room)^2 sum of (H - h)^2.
double policy_regret(const ConstrainedSize& size, double room, double actions, double step) {
  const double radius = size.horizon / room, log_actions = std::log(std::fmax(2, actions));
  const double t = step * std::sqrt(2 * log_actions / size.episodes) / (size.horizon * (1 + radius));
  const double range = 1 + 2 * size.constraints * radius;
  const double squares = size.horizon * (size.horizon + 1) * (2 * size.horizon + 1) / 6;
  return size.horizon * log_actions / t + t * size.episodes / 8 * range * range * squares;
}

/// The largest n in [0, K] with room n <= sum(n); the sum is concave, so beyond it none is.
template <class Sum>
double longest(const ConstrainedSize& size, double room, Sum&& sum) {
  double low = 0, high = size.episodes;
  if (room * high <= sum(high)) return high;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (room * middle <= sum(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace

double constrained_log(const ConstrainedSize& size) {
  return std::log(4 * size.states * size.choices * size.horizon * size.episodes / size.delta);
}

double uncertainty_sum(const ConstrainedSize& size, double weight, double played, double times) {
  const double l = constrained_log(size), e = std::exp(1.0);
  const double widths = 4 * std::sqrt(2 * (size.successors - 1) * l * size.choices * played) +
                        28.0 / 3 * size.states * size.choices * l * std::log1p(played / size.choices);
  return e / (e - 1) * weight * (size.choices + times * widths - std::log(size.delta));
}

double opt_cmdp_sum(const ConstrainedSize& size) {
  return uncertainty_sum(size, plain_weight(size.horizon), size.episodes);
}

double opt_lp_sum(const ConstrainedSize& size) {
  return uncertainty_sum(size, untruncated_weight(size.horizon), size.episodes);
}

double opt_dual_regret(const ConstrainedSize& size, double room, double step) {
  return multiplier_regret(size, room, step) + uncertainty_sum(size, 2 * plain_weight(size.horizon), size.episodes);
}

double opt_dual_violation(const ConstrainedSize& size, double room, double step) {
  const double radius = size.horizon / room;
  return 2 * size.horizon * std::sqrt(size.episodes) / step + multiplier_regret(size, room, step) / radius +
         (2 + 1 / radius) * uncertainty_sum(size, 2 * plain_weight(size.horizon), size.episodes);
}

double opt_primal_dual_regret(const ConstrainedSize& size, double room, double actions, double step) {
  return opt_dual_regret(size, room, step) + policy_regret(size, room, actions, step);
}

double opt_primal_dual_violation(const ConstrainedSize& size, double room, double actions, double step) {
  return opt_dual_violation(size, room, step) + policy_regret(size, room, actions, step) * room / size.horizon;
}

double opt_pess_lp_baseline(const ConstrainedSize& size, double room) {
  return longest(size, room, [&](double n) { return uncertainty_sum(size, untruncated_weight(size.horizon), n); });
}

double dope_baseline(const ConstrainedSize& size, double room) {
  return longest(size, room, [&](double n) { return uncertainty_sum(size, plain_weight(size.horizon), n, 2); });
}

}  // namespace bellwether::bounds
