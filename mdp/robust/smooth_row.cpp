#include "mdp/robust/smooth_row.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/rounding.h"

namespace bellwether::mdp::robust {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kMostSteps = 200;

/// What exp(-t y) makes of a row.
struct Tilted {
  double mass = 0, less_one = 0, mean = 0, variance = 0;
  /// Small t leave the mass near one: its distance from it must keep its digits.
  double divergence(double t) const { return -t * mean - (less_one > -0.5 ? std::log1p(less_one) : std::log(mass)); }
};

Tilted tilt(std::span<const double> p, std::span<const double> y, double t) {
  double mass = 0, less_one = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double e = p[i] * std::exp(-t * y[i]), ey = e * y[i];
    mass += e;
    less_one += p[i] * std::expm1(-t * y[i]);
    first += ey;
    second += ey * y[i];
  }
  const double mean = first / mass;
  return {mass, less_one, mean, std::max(second / mass - mean * mean, 0.0)};
}

/// A new guess inside the bracket when the proposed one lies outside.
double inside(double proposed, double low, double high) {
  if (proposed > low && proposed < high) return proposed;
  if (high == kInfinity) return low > 0 ? 4 * low : 1;
  return low > 0 ? std::sqrt(low) * std::sqrt(high) : high / 16;
}

}  // namespace

double kernel_error(std::size_t n) { return rounding_error(8 * static_cast<std::int64_t>(n) + 64); }

/// The positive entries of the distribution at a parameter, and the sums that decide its closed forms.
struct SmoothRow::Active {
  std::size_t count = 0;
  double mass = 0, missing = 0;   ///< sum of p inside and outside
  double first = 0;               ///< sum of p y inside
  double centre = 0, spread = 0;  ///< chi2: p-mean and sum of p (y - mean)^2; L2: mean and sum of (y - mean)^2
  double square_outside = 0;      ///< sum of p^2 outside

  bool same_as(const Active& other) const {
    return count == other.count && first == other.first && missing == other.missing;
  }
  double l2_rest() const { return missing * missing / static_cast<double>(count) + square_outside; }
};

SmoothRow::SmoothRow(SetKind kind, std::span<const double> p, std::span<const double> z)
    : kind_(kind), given_(p.size()) {
  double total = 0, low = kInfinity, high = -kInfinity;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] <= 0 && kind != SetKind::kL2) continue;
    p_.push_back(p[i]);
    y_.push_back(z[i]);
    entry_.push_back(i);
    total += p[i];
    low = std::min(low, z[i]);
    high = std::max(high, z[i]);
  }
  lowest_ = low;
  scale_ = high - low;
  largest_ = std::max(std::abs(low), std::abs(high));
  double on_least = 0, off_least = 0, square = 0, ties = 0;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    p_[i] /= total;
    y_[i] = scale_ > 0 ? (y_[i] - low) / scale_ : 0;
    mean_ += p_[i] * y_[i];
    if (y_[i] == 0) {
      on_least += p_[i];
      ++ties;
    } else {
      off_least += p_[i];
      square += p_[i] * p_[i];
    }
  }
  if (kind == SetKind::kKl)
    saturation_ = off_least < 0.5 ? -std::log1p(-off_least) : -std::log(on_least);
  else if (kind == SetKind::kChiSquare)
    saturation_ = off_least / on_least;
  else
    saturation_ = std::sqrt(square + off_least * off_least / ties);
}

/// The threshold tau of the projection of p - t y on the simplex: q = max(0, p - t y - tau).
double SmoothRow::project(double t) const {
  double tau = -kInfinity;
  for (std::size_t round = 0; round <= p_.size(); ++round) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < p_.size(); ++i) {
      const double x = p_[i] - t * y_[i];
      if (!(x > tau)) continue;
      sum += x;
      ++count;
    }
    const double next = (sum - 1) / static_cast<double>(count);
    if (!(next > tau)) break;
    tau = next;
  }
  return tau;
}

SmoothRow::Active SmoothRow::active(double parameter) const {
  Active a;
  const bool l2 = kind_ == SetKind::kL2;
  const double tau = l2 ? project(parameter) : 0;
  const auto in = [&](std::size_t i) { return l2 ? p_[i] - parameter * y_[i] > tau : y_[i] < parameter; };
  double sum = 0;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    if (in(i)) {
      ++a.count;
      a.mass += p_[i];
      a.first += p_[i] * y_[i];
      sum += y_[i];
    } else {
      a.missing += p_[i];
      a.square_outside += p_[i] * p_[i];
    }
  }
  a.centre = l2 ? sum / static_cast<double>(a.count) : a.first / a.mass;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    if (!in(i)) continue;
    const double d = y_[i] - a.centre;
    a.spread += (l2 ? 1 : p_[i]) * d * d;
  }
  return a;
}

/// Value, distance and slope at a parameter, the value in units of y.
SmoothRow::Point SmoothRow::evaluate(double parameter) const {
  if (kind_ == SetKind::kKl) {
    const Tilted q = tilt(p_, y_, parameter);
    return {parameter, q.mean, std::max(q.divergence(parameter), 0.0), 1 / parameter};
  }
  const Active a = active(parameter);
  if (kind_ == SetKind::kL2) {
    const double distance = std::sqrt(parameter * parameter * a.spread + a.l2_rest());
    return {parameter, a.first + a.missing * a.centre - parameter * a.spread, distance, distance / parameter};
  }
  const double x = a.mass * (parameter - a.centre);
  return {parameter, a.centre - a.spread / x, a.missing / a.mass + a.spread / (x * x), x / 2};
}

SmoothRow::Point SmoothRow::rest() const {
  if (scale_ == 0) return {};
  if (kind_ == SetKind::kL2) return {0, mean_, 0, std::sqrt(active(0).spread)};
  return {kind_ == SetKind::kKl ? 0 : kInfinity, mean_, 0, kInfinity};
}

SmoothRow::Point SmoothRow::least_point() const { return {0, 0, saturation_, 0, true}; }

/// The point at which `measure` is the target. `closed(A)` is the parameter that would do if A stayed the active set,
/// NaN when none would; `grows` says whether the measure grows with the parameter.
template <class Closed, class Measure>
SmoothRow::Point SmoothRow::search(double target, bool grows, const Closed& closed, const Measure& measure) const {
  double low = 0, high = kInfinity;
  double parameter = kind_ == SetKind::kL2 ? 0 : kInfinity;
  Active a = active(parameter);
  for (int step = 0; step < kMostSteps; ++step) {
    const double proposed = closed(a);
    const double next = inside(proposed, low, high);
    if (next == parameter) break;
    const Active there = active(next);
    parameter = next;
    if (next == proposed && there.same_as(a)) break;
    a = there;
    const double found = measure(evaluate(next));
    ((found < target) == grows ? low : high) = next;
  }
  return evaluate(parameter);
}

SmoothRow::Point SmoothRow::kl_at_distance(double budget) const {
  const Tilted p = tilt(p_, y_, 0);
  double low = 0, high = kInfinity, t = std::sqrt(2 * budget / p.variance);
  t = inside(t, low, high);
  for (int step = 0; step < kMostSteps; ++step) {
    const Tilted q = tilt(p_, y_, t);
    const double f = q.divergence(t);
    if (std::abs(f - budget) <= 1e-14 * budget) break;
    (f < budget ? low : high) = t;
    // Newton for sqrt f, which is nearly linear in t while t is small.
    const double proposed = f > 0 ? t + 2 * (std::sqrt(f * budget) - f) / (t * q.variance) : 2 * t;
    const double next = inside(proposed, low, high);
    if (next == t || high - low <= 1e-16 * low) break;
    t = next;
  }
  return evaluate(t);
}

SmoothRow::Point SmoothRow::kl_at_value(double y) const {
  double low = 0, high = kInfinity;
  double t = inside((mean_ - y) / tilt(p_, y_, 0).variance, low, high);
  for (int step = 0; step < kMostSteps; ++step) {
    const Tilted q = tilt(p_, y_, t);
    if (std::abs(q.mean - y) <= 1e-15 * mean_) break;
    (q.mean > y ? low : high) = t;
    // Newton for the logarithm of the mean, nearly linear in t where few entries are left.
    const double next = inside(t + std::log(q.mean / y) * q.mean / q.variance, low, high);
    if (next == t || high - low <= 1e-16 * low) break;
    t = next;
  }
  return evaluate(t);
}

SmoothRow::Point SmoothRow::at_distance(double budget) const {
  Point point;
  if (scale_ == 0 || budget <= 0) {
    point = rest();
  } else if (budget >= saturation_) {
    point = least_point();
  } else if (kind_ == SetKind::kKl) {
    point = kl_at_distance(budget);
  } else if (kind_ == SetKind::kL2) {
    point = search(
        budget, true, [&](const Active& a) { return std::sqrt((budget * budget - a.l2_rest()) / a.spread); },
        [](const Point& x) { return x.distance; });
  } else {
    point = search(
        budget, false,
        [&](const Active& a) { return a.centre + std::sqrt(a.spread / (a.mass * (budget * a.mass - a.missing))); },
        [](const Point& x) { return x.distance; });
  }
  point.value = lowest_ + scale_ * point.value;
  point.slope *= scale_;
  return point;
}

SmoothRow::Point SmoothRow::at_value(double value) const {
  const double y = scale_ > 0 ? (value - lowest_) / scale_ : 1;
  Point point;
  if (scale_ == 0 || y >= mean_) {
    point = rest();
  } else if (y <= 0) {
    point = least_point();
  } else if (kind_ == SetKind::kKl) {
    point = kl_at_value(y);
  } else if (kind_ == SetKind::kL2) {
    point = search(
        y, false, [&](const Active& a) { return (a.first + a.missing * a.centre - y) / a.spread; },
        [](const Point& x) { return x.value; });
  } else {
    point = search(
        y, true,
        [&](const Active& a) { return a.centre > y ? a.centre + a.spread / (a.mass * (a.centre - y)) : std::nan(""); },
        [](const Point& x) { return x.value; });
  }
  point.value = lowest_ + scale_ * point.value;
  point.slope *= scale_;
  return point;
}

SmoothRow::Point SmoothRow::at_slope(double slope) const {
  const double b = scale_ > 0 ? slope / scale_ : kInfinity;
  Point point;
  if (scale_ == 0 || b == kInfinity || b >= rest().slope) {
    point = rest();
  } else if (b <= 0) {
    point = least_point();
  } else if (kind_ == SetKind::kKl) {
    point = evaluate(1 / b);
  } else if (kind_ == SetKind::kL2) {
    point = search(
        b, false, [&](const Active& a) { return std::sqrt(a.l2_rest() / (b * b - a.spread)); },
        [](const Point& x) { return x.slope; });
  } else {
    point = search(
        b, true, [&](const Active& a) { return a.centre + 2 * b / a.mass; }, [](const Point& x) { return x.slope; });
  }
  point.value = lowest_ + scale_ * point.value;
  point.slope *= scale_;
  return point;
}

std::vector<double> SmoothRow::distribution(const Point& point) const {
  std::vector<double> q(given_, 0.0);
  double total = 0;
  const bool at_rest = scale_ == 0 || point.distance == 0;
  const double tau = kind_ == SetKind::kL2 && !at_rest && !point.saturated ? project(point.parameter) : 0;
  double ties = 0, on_least = 0;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    if (y_[i] > 0) continue;
    ++ties;
    on_least += p_[i];
  }
  for (std::size_t i = 0; i < p_.size(); ++i) {
    double x = p_[i];
    if (point.saturated) {
      const double more = kind_ == SetKind::kL2 ? (1 - on_least) / ties : 0;
      x = y_[i] > 0 ? 0 : p_[i] + more;
    } else if (!at_rest && kind_ == SetKind::kL2) {
      x = std::max(0.0, p_[i] - point.parameter * y_[i] - tau);
    } else if (!at_rest && kind_ == SetKind::kKl) {
      x = p_[i] * std::exp(-point.parameter * y_[i]);
    } else if (!at_rest) {
      x = p_[i] * std::max(0.0, point.parameter - y_[i]);
    }
    q[entry_[i]] = x;
    total += x;
  }
  for (double& x : q) x /= total;
  return q;
}

SmoothRow::Line SmoothRow::supporting_line(const Point& point) const {
  const std::size_t n = p_.size();
  if (scale_ == 0) return {lowest_ - kernel_error(n) * largest_, 0};
  if (point.saturated) return {lowest_, 0};
  double intercept = 0, slope = 0, size = 1;
  if (kind_ == SetKind::kKl) {
    // q.y >= -log(E exp(-t y)) / t - KL / t (Donsker and Varadhan).
    const double t = point.parameter;
    double shortfall = 0, mass = 0;
    for (std::size_t i = 0; i < n; ++i) {
      shortfall += p_[i] * std::expm1(-t * y_[i]);
      mass += p_[i] * std::exp(-t * y_[i]);
    }
    intercept = -(shortfall > -0.5 ? std::log1p(shortfall) : std::log(mass)) / t;
    slope = 1 / t;
  } else if (kind_ == SetKind::kChiSquare) {
    // q.y >= E min(y, a) - sqrt(chi2 Var) >= E min(y, a) - Var / (4 b) - b chi2 (Cauchy and Schwarz).
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < n; ++i) mean += p_[i] * std::min(y_[i], point.parameter);
    for (std::size_t i = 0; i < n; ++i) {
      const double d = std::min(y_[i], point.parameter) - mean;
      variance += p_[i] * d * d;
    }
    slope = point.slope / scale_;
    intercept = mean - variance / (4 * slope);
    size += variance / (4 * slope);
  } else {
    // q.y >= q.(x + c) >= c + p.x - |x| distance for any x with x + c <= y; here x = min(y - c, p / t).
    const double t = point.parameter, c = t > 0 ? -project(t) / t : active(0).centre;
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double x = t > 0 && p_[i] - t * (y_[i] - c) <= 0 ? p_[i] / t : y_[i] - c;
      mean += p_[i] * std::min(x, y_[i] - c);
      square += std::min(x, y_[i] - c) * std::min(x, y_[i] - c);
    }
    slope = std::sqrt(square) * (1 + kernel_error(n));
    intercept = c + mean;
    size += std::abs(c) + slope;
  }
  const double slack = kernel_error(n) * (largest_ + scale_ * size);
  return {lowest_ + scale_ * intercept - slack, scale_ * slope * (1 + kernel_error(1))};
}

/// The share of the way from p to the distribution at the point that surely stays within the budget.
double SmoothRow::drawn_back(const Point& point, double budget) const {
  const std::vector<double> q = distribution(point);
  double distance = 0, change = 0;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    const double p = p_[i], d = q[entry_[i]] - p;
    change += std::abs(d);
    if (kind_ == SetKind::kL2) {
      distance += d * d;
    } else if (kind_ == SetKind::kChiSquare) {
      distance += d * d / p;
    } else {
      // p ((1 + x) log(1 + x) - x) with x = q / p - 1: the sums of p and q may be off, to first order it does not show.
      const double x = d / p;
      distance += x > -1 ? p * ((1 + x) * std::log1p(x) - x) : p;
    }
  }
  const double error = kernel_error(p_.size());
  if (kind_ == SetKind::kL2)
    distance = std::sqrt(distance) * (1 + error) + error;
  else
    distance = distance * (1 + error) + error * std::min(change, 1.0) + (kind_ == SetKind::kKl ? 0 : error * distance);
  return distance <= budget ? 1 : budget / distance;
}

double SmoothRow::feasible_value(const Point& point, double budget) const {
  const double slack = kernel_error(p_.size()) * largest_;
  if (scale_ == 0 || budget <= 0) return nominal() + slack;
  const bool at_least = point.saturated && budget >= saturation_ * (1 + kernel_error(p_.size()));
  if (at_least) return lowest_;
  const std::vector<double> q = distribution(point);
  double value = 0;
  for (std::size_t i = 0; i < p_.size(); ++i) value += q[entry_[i]] * y_[i];
  const double share = drawn_back(point, budget);
  return lowest_ + scale_ * (mean_ - share * (mean_ - value)) + slack;
}

Bounds SmoothRow::enclose(double budget) const {
  const double slack = kernel_error(p_.size()) * largest_;
  if (scale_ == 0 || budget <= 0) return {nominal() - slack, nominal() + slack};
  const Point point = at_distance(budget);
  const Line line = supporting_line(point);
  const double cost = line.slope * budget;
  double low = line.intercept - cost - 4 * kUnitRoundoff * (std::abs(line.intercept) + cost);
  // Next to a budget of zero: no set moves more than half of the square root of what it may spend, times n.
  const double reach = kind_ == SetKind::kL2 ? budget * static_cast<double>(p_.size()) : std::sqrt(budget);
  low = std::max({low, lowest_ - slack, nominal() - slack - scale_ * reach});
  if (!(low <= kInfinity)) low = lowest_ - slack;
  const double high = std::min(feasible_value(point, budget), nominal() + slack);
  return {std::min(low, high), std::max(low, high)};
}

}  // namespace bellwether::mdp::robust
