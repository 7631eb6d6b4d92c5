#include "mdp/robust/penalty.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "core/rounding.h"

namespace bellwether::mdp::robust {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The row as distances y from its least value, which rounding moves by a unit of each at most.
struct Row {
  std::vector<double>& y = distances();
  std::size_t where = 0;  ///< of the least value
  double least = 0, span = 0, total = 0, mean = 0;

  Row(std::span<const double> p, std::span<const double> z) {
    where = static_cast<std::size_t>(std::ranges::min_element(z) - z.begin());
    least = z[where];
    y.resize(z.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
      y[i] = z[i] - least;
      span = std::max(span, y[i]);
      total += p[i];
      mean += p[i] * y[i];
    }
    mean /= total;
  }

 private:
  /// One row at a time on each thread: sweeps do not allocate.
  static std::vector<double>& distances() {
    static thread_local std::vector<double> y;
    return y;
  }
};

/// The certainty equivalent above the least value. Near total mass one the mass is carried as its distance from one.
double kl_above(const Row& row, std::span<const double> p, double price) {
  double less_one = 0, mass = 0;
  for (std::size_t i = 0; i < p.size(); ++i) less_one += p[i] * std::expm1(-row.y[i] / price);
  less_one /= row.total;
  if (less_one >= -0.5) return -price * std::log1p(less_one);
  for (std::size_t i = 0; i < p.size(); ++i) mass += p[i] * std::exp(-row.y[i] / price);
  return -price * std::log(mass / row.total);
}

/// w for the threshold a above the least value: q = p (1 + w).
double lift(double a, double y, double price) { return std::max(-1.0, (a - y) / (2 * price)); }

/// The threshold at which E_p w = 0, found from the side where the fewest take part: with mass P and mean m of the
/// least values, a = m + 2 price (1 - P) / P, which holds once the next value lies beyond a + 2 price.
double chi_square_threshold(const Row& row, std::span<const double> p, double price) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return row.y[i]; });
  double mass = 0, moment = 0, a = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    mass += p[order[k]] / row.total;
    moment += p[order[k]] / row.total * row.y[order[k]];
    if (!(mass > 0)) continue;
    a = moment / mass + (k + 1 < order.size() ? 2 * price * std::max(0.0, 1 - mass) / mass : 0);
    if (k + 1 < order.size() && row.y[order[k + 1]] >= a + 2 * price) break;
  }
  return a;
}

/// A lower bound of the dual at a and an upper one of the feasible q = p (1 + w) / sum, both without their rounding,
/// which is a share of `scale`.
struct ChiSquareSides {
  double dual = 0, primal = 0, scale = 0;
};

ChiSquareSides chi_square_sides(const Row& row, std::span<const double> p, double price, double a) {
  double sum = 0, fall = 0, fall_size = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double w = lift(a, row.y[i], price);
    sum += p[i] * (1 + w);
    fall += p[i] * w * (2 + w);
    fall_size += p[i] * std::abs(w) * (3 + 2 * w);
  }
  sum /= row.total;
  double earned = 0, paid = 0, turned = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double ratio = (1 + lift(a, row.y[i], price)) / sum, by = ratio - 1;
    earned += p[i] * ratio * row.y[i];
    paid += p[i] * by * by;
    turned += p[i] * ratio * std::abs(by);
  }
  const double per_mass = price / row.total;
  return {.dual = a - per_mass * fall,
          .primal = earned / row.total + per_mass * paid,
          .scale = a + per_mass * fall_size + earned / row.total + per_mass * (paid + 2 * turned)};
}

double chi_square_above(const Row& row, std::span<const double> p, double price) {
  return chi_square_sides(row, p, price, chi_square_threshold(row, p, price)).dual;
}

double capped_above(const Row& row, std::span<const double> p, double cap) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] * std::min(row.y[i], cap);
  return sum / row.total;
}

double cap_of(SetKind kind, double price) { return kind == SetKind::kL1 ? 2 * price : price; }

double above(SetKind kind, const Row& row, std::span<const double> p, double price) {
  if (row.span == 0 || price == 0) return 0;
  if (price == kInfinity) return row.mean;
  if (kind == SetKind::kKl) return kl_above(row, p, price);
  if (kind == SetKind::kChiSquare) return chi_square_above(row, p, price);
  return capped_above(row, p, cap_of(kind, price));
}

}  // namespace

bool can_be_paid_for(SetKind kind) {
  return kind == SetKind::kL1 || kind == SetKind::kTotalVariation || kind == SetKind::kKl ||
         kind == SetKind::kChiSquare;
}

double paid_least(SetKind kind, std::span<const double> p, std::span<const double> z, double price) {
  const Row row(p, z);
  return row.least + above(kind, row, p, price);
}

// What rounding may do, in shares of the span s of z, which bounds every term:
// y is off by a unit each and the value moves no more than its arguments: s. A price off by a share e moves the value
// by e price D <= e s. Capped means are sums of n products: 2 n + 4 units. KL: exponents are off by 3 units of
// themselves, as if y were; each exp or expm1 by 4; a sum, its total and their quotient by 2 n + 2. Where the mass S is
// at least 1/2, log1p turns a share e of S - 1 into at most 1.5 e of the result. Below, a share e of S moves price log
// S by e price, and price <= s / log 2. Products that underflow lose 2^-1074 each, times price / S. Chi-square: both
// sides are bounds for any threshold, and each is a sum of terms of one sign, or bounded by `scale`.
Bounds enclose_paid(SetKind kind, std::span<const double> p, std::span<const double> z, double price) {
  const Row row(p, z);
  const auto n = static_cast<std::int64_t>(p.size());
  double low = above(kind, row, p, price), high = low, size = row.span;
  double tiny = kUnderflowSlack;
  if (row.span > 0 && price > 0 && price < kInfinity) {
    if (kind == SetKind::kKl) {
      const double mass = std::exp(-low / price);
      tiny += 0x1p-1060 * static_cast<double>(n) * price / std::max(mass, 0x1p-1060);
    } else if (kind == SetKind::kChiSquare) {
      const ChiSquareSides sides = chi_square_sides(row, p, price, chi_square_threshold(row, p, price));
      low = sides.dual;
      high = sides.primal;
      size = std::max(size, sides.scale);
      tiny += 0x1p-1060 * static_cast<double>(n) * price;
    }
  }
  const double slack = rounding_error(4 * n + 64) * size + 4 * kUnitRoundoff * (std::abs(row.least) + size) + tiny;
  return {round_down(row.least + low - slack), round_up(row.least + high + slack)};
}

std::vector<double> paid_answer(SetKind kind, std::span<const double> p, std::span<const double> z, double price) {
  const Row row(p, z);
  std::vector<double> q(p.begin(), p.end());
  for (double& x : q) x /= row.total;
  if (row.span == 0 || price == kInfinity) return q;
  if (kind == SetKind::kKl || kind == SetKind::kChiSquare) {
    const double a = kind == SetKind::kChiSquare && price > 0 ? chi_square_threshold(row, p, price) : 0;
    double sum = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
      if (price == 0)
        q[i] = row.y[i] > 0 ? 0 : q[i];
      else
        q[i] *= kind == SetKind::kKl ? std::exp(-row.y[i] / price) : 1 + lift(a, row.y[i], price);
      sum += q[i];
    }
    for (double& x : q) x /= sum;
    return q;
  }
  const double cap = cap_of(kind, price);
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (i == row.where || row.y[i] <= cap) continue;
    q[row.where] += q[i];
    q[i] = 0;
  }
  return q;
}

double divergence(SetKind kind, std::span<const double> q, std::span<const double> p) {
  const double total = std::accumulate(p.begin(), p.end(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double nominal = p[i] / total, by = q[i] - nominal;
    if (kind == SetKind::kL1 || kind == SetKind::kTotalVariation) {
      sum += std::abs(by) * (kind == SetKind::kL1 ? 1 : 0.5);
    } else if (nominal <= 0) {
      if (q[i] > 0) return kInfinity;
    } else if (kind == SetKind::kChiSquare) {
      sum += by * by / nominal;
    } else if (q[i] > 0) {
      sum += q[i] * std::log(q[i] / nominal);
    }
  }
  return std::max(sum, 0.0);
}

}  // namespace bellwether::mdp::robust
