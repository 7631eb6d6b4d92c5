#include "mdp/robust/quick_smooth.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "mdp/robust/lanes.h"
#include "mdp/robust/selection.h"
#include "mdp/robust/smooth_row.h"
#include "mdp/robust/wide_kernels.h"

namespace bellwether::mdp::robust {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kQuickSteps = 12;

/// p and y = z - min z, filled up to a multiple of eight with outcomes of no weight.
struct Padded {
  std::vector<double> p, y;
  std::size_t n = 0;

  void fill(std::span<const double> weights, std::span<const double> z, double lowest) {
    n = (z.size() + 7) / 8 * 8;
    if (p.size() < n) {
      p.resize(n);
      y.resize(n);
    }
    const Four low = Four::all(lowest);
    std::size_t i = 0;
    for (; i + 4 <= z.size(); i += 4) {
      Four::load(weights.data() + i).store(p.data() + i);
      (Four::load(z.data() + i) - low).store(y.data() + i);
    }
    for (; i < n; ++i) {
      p[i] = i < z.size() ? weights[i] : 0;
      y[i] = i < z.size() ? z[i] - lowest : 0;
    }
  }
};

Padded& padded(std::span<const double> p, std::span<const double> z, double lowest) {
  static thread_local Padded row;
  row.fill(p, z, lowest);
  return row;
}

/// The logarithm of the mass of p exp(-t y): small multipliers leave it near one, and it is divided by them.
double log_mass(const TiltedSums& sums) {
  return sums.less_one > -0.05 ? std::log1p(sums.less_one) : std::log(sums.mass);
}

/// The mean and variance of the row.
struct Shape {
  double mean = 0, variance = 0;
};

Shape shape_of(const Padded& row) {
  Four mean = Four::all(0), second = mean;
  for (std::size_t i = 0; i < row.n; i += 4) {
    const Four y = Four::load(row.y.data() + i), py = Four::load(row.p.data() + i) * y;
    mean = mean + py;
    second = second + py * y;
  }
  const double m = mean.sum();
  return {m, std::max(second.sum() - m * m, 0.0)};
}

double mass_on_least(const Padded& row) {
  Four sum = Four::all(0);
  const Four zero = sum;
  for (std::size_t i = 0; i < row.n; i += 4) {
    const Four y = Four::load(row.y.data() + i);
    sum = sum + where_greater(y, zero, zero, Four::load(row.p.data() + i));
  }
  return sum.sum();
}

}  // namespace

double worst_kl(std::span<const double> p, std::span<const double> z, double radius, double certain, double& hint) {
  const double lowest = least(z);
  const Padded& row = padded(p, z, lowest);
  double t = hint;
  if (!(t > 0 && t < kInfinity) || radius <= 0) {
    if (mass_on_least(row) >= certain) return lowest;
    const Shape shape = shape_of(row);
    if (radius <= 0 || shape.variance <= 0) return lowest + shape.mean;
    t = std::sqrt(2 * radius / shape.variance);
  }
  for (int step = 0; step < kQuickSteps; ++step) {
    const TiltedSums sum = tilted_sums(row.p.data(), row.y.data(), row.n, t);
    const double per_mass = 1 / sum.mass, per_t = 1 / t;
    const double mean = sum.first * per_mass, variance = sum.second * per_mass - mean * mean;
    const double log_total = log_mass(sum), f = -t * mean - log_total, off = f - radius;
    // The dual value -(log E exp(-t y) + k) / t is flat at the root: it is off by (f - k)^2 / (2 t^3 variance), which
    // is added, and what is left is of third order in (f - k) / k.
    if (!(variance > 0)) break;
    const double per_slope = 1 / (t * variance);
    const double second_order = 0.5 * off * off * per_slope * per_t * per_t;
    const double value = -(log_total + radius) * per_t;
    const double next = f > 0 ? t + 2 * (std::sqrt(f * radius) - f) * per_slope : 0;
    if (next > 0.25 * t && next < 4 * t) {
      hint = next;
      const double left = second_order * std::abs(off);
      if (std::abs(off) <= 1e-2 * radius && left <= radius * 1e-15 * (std::abs(lowest) + mean))
        return lowest + (value + second_order);
      // What the row can be brought to decides whether there is a root at all.
      if (step == 0 && mass_on_least(row) >= certain) break;
      t = next;
    } else {
      if (mass_on_least(row) >= certain) break;
      t *= next > t ? 4 : 0.25;
    }
  }
  const SmoothRow exact(SetKind::kKl, p, z);
  const SmoothRow::Point point = exact.at_distance(radius);
  hint = 0;
  return point.value;
}

double worst_chi_square(std::span<const double> p, std::span<const double> z, double radius, double& hint) {
  const double lowest = least(z);
  const Padded& row = padded(p, z, lowest);
  double a = hint > 0 ? hint : kInfinity;
  for (int step = 0; step < kQuickSteps; ++step) {
    // The entries below a: closed form for the row if nature keeps exactly these.
    Four mass = Four::all(0), missing = mass, first = mass;
    const Four zero = mass, at = Four::all(a);
    for (std::size_t i = 0; i < row.n; i += 4) {
      const Four y = Four::load(row.y.data() + i), pi = Four::load(row.p.data() + i);
      const Four kept = where_greater(at, y, pi, zero);
      mass = mass + kept;
      missing = missing + (pi - kept);
      first = first + kept * y;
    }
    const double inside = mass.sum(), outside = missing.sum(), mean = first.sum() / inside;
    Four spread = Four::all(0), highest_in = spread, lowest_out = Four::all(kInfinity);
    const Four centre = Four::all(mean), infinity = lowest_out;
    for (std::size_t i = 0; i < row.n; i += 4) {
      const Four y = Four::load(row.y.data() + i), pi = Four::load(row.p.data() + i), d = y - centre;
      spread = spread + where_greater(at, y, pi * d * d, zero);
      highest_in = max(highest_in, where_greater(at, y, y, zero));
      lowest_out = min(lowest_out, where_greater(at, y, infinity, y));
    }
    const double room = radius * inside - outside, variance = spread.sum();
    if (room > 0) {
      if (variance <= 0) return lowest + mean;  // only the least values are left, or all are equal
      const double next = mean + std::sqrt(variance / (inside * room));
      if (highest_in.largest() < next && next <= lowest_out.smallest()) {
        hint = next;
        return lowest + (mean - std::sqrt(variance * room / inside));
      }
      a = next;
    } else if (radius <= 0 && outside == 0) {
      return lowest + mean;
    } else {
      a = a == kInfinity ? a : 2 * a;
    }
  }
  const SmoothRow exact(SetKind::kChiSquare, p, z);
  hint = 0;
  return exact.at_distance(radius).value;
}

}  // namespace bellwether::mdp::robust
