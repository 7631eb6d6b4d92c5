#include "solvers/online/long_run/kl_balls.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bellwether::online {
namespace {

/// f and its derivative at nu = (best seen value) + y, for probabilities p and depths d.
struct Slope {
  double value, derivative;
};

/// With m = y + mean depth and t = (d - mean) / m the mean of t is 0, and f = mean ln(1 + t) + ln mean 1 / (1 + t): no
/// logarithms of large numbers that cancel.
template <class Entries>
Slope dual_function(const Entries& row, const std::vector<double>& depth, double mean, double y) {
  const double m = y + mean;
  double logs = 0, squares = 0, inverse = 0, inverse_square = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double p = row[i].probability, t = (depth[i] - mean) / m, r = m / (y + depth[i]);
    logs += p * (t > -0.5 ? std::log1p(t) : -std::log(r));  // 1 + t = 1 / r
    squares += p * t * t * r;
    inverse += p * r;
    inverse_square += p * r * r;
  }
  return {logs + std::log1p(squares), (inverse - inverse_square / inverse) / m};
}

}  // namespace

void KlBalls::prepare(std::span<const double> u) {
  u_ = u.data();
  best_ = *std::max_element(u.begin(), u.end());
}

double KlBalls::best_seen(std::span<const Entry> row) const {
  double best = -std::numeric_limits<double>::infinity();
  for (const Entry& e : row) best = std::max(best, u_[e.state]);
  return best;
}

/// `gap`: how far the best value of all lies above the best seen one.
KlBalls::Dual KlBalls::solve(std::span<const Entry> row, double radius, double gap) {
  const double top = best_seen(row);
  depth_.clear();
  double mean = 0, square = 0, deepest = 0;
  for (const Entry& e : row) {
    const double d = top - u_[e.state];
    depth_.push_back(d);
    mean += e.probability * d;
    square += e.probability * d * d;
    deepest = std::max(deepest, d);
  }
  const auto f = [&](double y) { return dual_function(row, depth_, mean, y); };
  if (gap > 0) {
    const double there = f(gap).value;
    if (there < radius) return {gap, std::exp(there - radius), -std::expm1(there - radius), false};
  }
  if (deepest == 0) return {0, 1, 0, true};
  double low = std::max(gap, 1e-290 * deepest), high = std::numeric_limits<double>::infinity();
  if (f(low).value < radius) return {0, 1, 0, true};
  // Newton on ln f as a function of ln y, nearly a line for large y (f ~ variance / (2 y^2)); a root stays bracketed.
  const double far = std::sqrt(std::max(square - mean * mean, 0.0) / (2 * radius)) - mean;
  double y = far > low ? far : std::max(2 * low, mean * std::exp(-std::min(radius, 600.0)));
  for (int i = 0; i < 200; ++i) {
    const Slope at = f(y);
    if (std::abs(at.value - radius) <= 1e-13 * radius) break;
    (at.value > radius ? low : high) = y;
    const double step = -at.value * std::log(at.value / radius) / (y * at.derivative);
    double next = at.value > 0 ? y * std::exp(step) : 0;
    if (!(next > low && next < high)) next = std::isinf(high) ? 16 * y : std::sqrt(low) * std::sqrt(high);
    if (next == y) break;
    y = next;
  }
  return {y, 1, 0, false};
}

double KlBalls::fill(std::span<const Entry> row, double radius) {
  mass_.clear();
  if (row.empty()) return 1;
  if (!(radius > 0)) {
    for (const Entry& e : row) mass_.push_back(e.probability);
    return 0;
  }
  const double top = best_seen(row);
  const Dual dual = solve(row, radius, best_ - top);
  double total = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double spread = dual.certain ? (depth_[i] == 0 ? 1.0 : 0.0) : 1 / (dual.above + depth_[i]);
    mass_.push_back(row[i].probability * spread);
    total += mass_.back();
  }
  for (double& mass : mass_) mass *= dual.seen / total;
  return dual.unseen;
}

double KlBalls::value(std::int64_t choice) {
  const std::span<const Entry> row = rows_.row(choice);
  fill(row, radius_[static_cast<std::size_t>(choice)]);
  double loss = 0;
  for (std::size_t i = 0; i < row.size(); ++i) loss += mass_[i] * (best_ - u_[row[i].state]);
  return best_ - loss;
}

KlBalls::Law KlBalls::law(std::int64_t choice) {
  const double left = fill(rows_.row(choice), radius_[static_cast<std::size_t>(choice)]);
  return {mass_, left};
}

}  // namespace bellwether::online
