#include "bandits/information/proportions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bellwether::bandits {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kMostSteps = 200;
// Newton's method squares its error: after a relative step below 1e-8 what is left is rounding.
constexpr double kLastStep = 1e-8, kClosed = 1e-14;

double pooled(double best, double other, double ratio) { return (best + ratio * other) / (1 + ratio); }

/// A bracketed Newton step: halves the bracket where Newton leaves it.
double next_point(double x, double value, double slope, double low, double high) {
  const double newton = x - value / slope;
  if (newton > low && newton < high) return newton;
  return std::isinf(high) ? 2 * x + 1 : (low + high) / 2;
}

}  // namespace

ProportionSolver::ProportionSolver(int arms, const LawFamily& family)
    : family_(family), others_(static_cast<std::size_t>(arms)), ratio_(static_cast<std::size_t>(arms)) {
  result_.share.resize(static_cast<std::size_t>(arms));
}

/// g(x) = d(m_1, m) + x d(m_b, m) at m = (m_1 + x m_b) / (1 + x) grows from 0 to d(m_1, m_b), with slope d(m_b, m): the
/// x with g(x) = y.
double ProportionSolver::ratio_at(double best, double other, double y, double guess) const {
  double low = 0, high = kInfinity, x = guess > 0 ? guess : 1;
  for (int i = 0; i < kMostSteps; ++i) {
    const double middle = pooled(best, other, x), slope = family_.divergence(other, middle);
    const double value = family_.divergence(best, middle) + x * slope - y;
    (value > 0 ? high : low) = x;
    if (value == 0 || (std::isfinite(high) && high - low <= kClosed * high)) break;
    const double before = x;
    x = next_point(x, value, slope, low, high);
    if (std::abs(x - before) <= kLastStep * x) break;
  }
  return x;
}

ProportionSolver::Balance ProportionSolver::balance(double y) {
  Balance sum{-1, 0};
  for (std::size_t b = 0; b < others_.size(); ++b) {
    if (others_[b] == best_) continue;
    const double x = ratio_[b] = ratio_at(best_, others_[b], y, ratio_[b]);
    const double m = pooled(best_, others_[b], x);
    const double up = family_.divergence(best_, m), down = family_.divergence(others_[b], m);
    sum.value += up / down;
    // m moves by (m_b - m) / (1 + x) per unit of x, and x by 1 / down per unit of y.
    const double move = (others_[b] - m) / ((1 + x) * down), variance = family_.variance(m);
    sum.slope += move * ((m - best_) / variance / down - up * (m - others_[b]) / variance / (down * down));
  }
  return sum;
}

const Proportions& ProportionSolver::solve(std::span<const double> means) {
  std::ranges::copy(means, others_.begin());
  best_ = std::ranges::max(means);
  const auto number = std::ranges::count(means, best_);
  if (number > 1 || means.size() == 1) {
    for (std::size_t a = 0; a < means.size(); ++a)
      result_.share[a] = means[a] == best_ ? 1 / static_cast<double>(number) : 0;
    result_.time = means.size() == 1 ? 0 : kInfinity;
    return result_;
  }
  double high = kInfinity;
  for (const double other : others_)
    if (other != best_) high = std::min(high, family_.divergence(best_, other));
  // The means of the call before were nearly these, if it goes well.
  double low = 0, y = information_ > 0 && information_ < high ? information_ : high / 2;
  for (int i = 0; i < kMostSteps; ++i) {
    const Balance at = balance(y);
    (at.value > 0 ? high : low) = y;
    if (at.value == 0 || high - low <= kClosed * high) break;
    const double before = y;
    y = next_point(y, at.value, at.slope, low, high);
    if (std::abs(y - before) > kLastStep * y) continue;
    balance(y);  // the ratios of the last y
    break;
  }
  information_ = y;
  double sum = 1;
  for (std::size_t b = 0; b < others_.size(); ++b) sum += others_[b] == best_ ? 0 : ratio_[b];
  for (std::size_t a = 0; a < others_.size(); ++a) result_.share[a] = (others_[a] == best_ ? 1 : ratio_[a]) / sum;
  result_.time = sum / y;
  return result_;
}

Proportions optimal_proportions(std::span<const double> means, const LawFamily& family) {
  return ProportionSolver(static_cast<int>(means.size()), family).solve(means);
}

double transport_cost(double count_a, double mean_a, double count_b, double mean_b, const LawFamily& family) {
  if (mean_a <= mean_b || count_a <= 0 || count_b <= 0) return 0;
  const double m = (count_a * mean_a + count_b * mean_b) / (count_a + count_b);
  return count_a * family.divergence(mean_a, m) + count_b * family.divergence(mean_b, m);
}

}  // namespace bellwether::bandits
