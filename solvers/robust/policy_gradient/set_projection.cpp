#include "solvers/robust/policy_gradient/set_projection.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/projections.h"

namespace bellwether::solvers::robust {
namespace {

constexpr int kHalvings = 200;  // until neighbouring doubles, from any bracket

/// The m with falling(m) = target, falling() being continuous and non-increasing: from a bracket to the last digit.
double solve_falling(double low, double high, double target, const std::function<double(double)>& falling) {
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (falling(middle) > target ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

double distance_l1(std::span<const double> p, std::span<const double> q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += std::abs(q[i] - p[i]);
  return sum;
}

/// Entries that may sink by at most p_i: sum of min(p_i, max(0, p_i - x_i + b)) = mass, for mass at most 1.
double sinking_threshold(std::span<const double> p, std::span<const double> x, double mass) {
  double low = x[0] - p[0], high = x[0];
  for (std::size_t i = 0; i < p.size(); ++i) {
    low = std::min(low, x[i] - p[i]);  // nothing sinks
    high = std::max(high, x[i]);       // everything sinks
  }
  // Breakpoints are x_i - p_i, where an entry begins to sink, and x_i, where it is gone: between two of them the sum is
  // a line.
  std::vector<std::pair<double, int>> corner;
  corner.reserve(2 * p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] <= 0) continue;
    corner.push_back({x[i] - p[i], 1});
    corner.push_back({x[i], -1});
  }
  std::sort(corner.begin(), corner.end());
  double at = low, sum = 0;
  int slope = 0;
  for (const auto& [where, turn] : corner) {
    const double next = sum + slope * (where - at);
    if (slope > 0 && next >= mass) return at + (mass - sum) / slope;
    sum = next;
    at = where;
    slope += turn;
  }
  return high;
}

/// q of one row when distance costs `price` a unit: p + soft(x - m - p, price), cut at 0, with the m that makes the sum
/// one.
void soft_row(std::span<const double> p, std::span<const double> x, double price, std::span<double> q) {
  double low = x[0], high = x[0];
  for (std::size_t i = 0; i < x.size(); ++i) {
    low = std::min(low, x[i] - 1 - p[i] - price);
    high = std::max(high, x[i] + price);
  }
  const auto entry = [&](std::size_t i, double m) {
    const double up = x[i] - m - price, down = x[i] - m + price;
    return up > p[i] ? up : (down < p[i] ? std::max(0.0, down) : p[i]);
  };
  const double m = solve_falling(low, high, 1, [&](double at) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += entry(i, at);
    return sum;
  });
  for (std::size_t i = 0; i < x.size(); ++i) q[i] = entry(i, m);
}

}  // namespace

void project_l1(std::span<const double> p, double k, std::span<double> x) {
  std::vector<double> free(x.begin(), x.end());
  project_to_simplex(free);
  if (distance_l1(p, free) <= k) {
    std::copy(free.begin(), free.end(), x.begin());
    return;
  }
  if (k <= 0) {
    std::copy(p.begin(), p.end(), x.begin());
    return;
  }
  std::vector<double> rise(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) rise[i] = x[i] - p[i];
  project_to_simplex(rise, k / 2);
  const double b = sinking_threshold(p, x, k / 2);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = p[i] + rise[i] - std::min(p[i], std::max(0.0, p[i] - x[i] + b));
}

void project_l2(std::span<const double> p, double k, std::span<double> x) {
  std::vector<double> q(x.size());
  const auto at = [&](double t) {
    for (std::size_t i = 0; i < x.size(); ++i) q[i] = p[i] + t * (x[i] - p[i]);
    project_to_simplex(q);
    double square = 0;
    for (std::size_t i = 0; i < x.size(); ++i) square += (q[i] - p[i]) * (q[i] - p[i]);
    return std::sqrt(square);
  };
  if (at(1) > k) at(-solve_falling(-1, 0, k, [&](double minus_t) { return at(-minus_t); }));
  std::copy(q.begin(), q.end(), x.begin());
}

void project_box(std::span<const double> low, std::span<const double> high, std::span<double> x) {
  double from = x[0] - high[0], to = x[0] - low[0];
  for (std::size_t i = 0; i < x.size(); ++i) {
    from = std::min(from, x[i] - high[i]);
    to = std::max(to, x[i] - low[i]);
  }
  const double m = solve_falling(from, to, 1, [&](double at) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += std::clamp(x[i] - at, low[i], high[i]);
    return sum;
  });
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::clamp(x[i] - m, low[i], high[i]);
}

void project_contamination(std::span<const double> p, double k, std::span<double> x) {
  if (k <= 0) {
    std::copy(p.begin(), p.end(), x.begin());
    return;
  }
  for (std::size_t i = 0; i < x.size(); ++i) x[i] -= (1 - k) * p[i];
  project_to_simplex(x, k);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += (1 - k) * p[i];
}

void project_l1_together(std::span<const double> p, std::span<const std::int64_t> begin, double k,
                         std::span<double> x) {
  const auto rows = begin.size() - 1;
  const auto row = [&](auto whole, std::size_t a) {
    return whole.subspan(static_cast<std::size_t>(begin[a] - begin[0]),
                         static_cast<std::size_t>(begin[a + 1] - begin[a]));
  };
  std::vector<double> q(x.size());
  const auto at = [&](double price) {
    double sum = 0;
    for (std::size_t a = 0; a < rows; ++a) {
      soft_row(row(p, a), row(std::span<const double>(x), a), price, row(std::span<double>(q), a));
      sum += distance_l1(row(p, a), row(std::span<const double>(q), a));
    }
    return sum;
  };
  if (at(0) > k) {
    double high = 0;
    for (std::size_t i = 0; i < x.size(); ++i) high = std::max(high, 2 * std::abs(x[i] - p[i]));
    // Where both ends of the last bracket are, the distance is k up to rounding; the far end lies inside.
    const double price = solve_falling(0, high, k, at);
    at(price);
  }
  std::copy(q.begin(), q.end(), x.begin());
}

void project_l1_parameters(std::span<const double> centre, double floor, double k, std::span<double> x) {
  std::vector<double> q(x.size());
  const auto at = [&](double price) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double by = x[i] - centre[i];
      q[i] = std::max(floor, centre[i] + std::copysign(std::max(0.0, std::abs(by) - price), by));
      sum += std::abs(q[i] - centre[i]);
    }
    return sum;
  };
  if (at(0) > k) {
    double high = 0;
    for (std::size_t i = 0; i < x.size(); ++i) high = std::max(high, std::abs(x[i] - centre[i]));
    at(solve_falling(0, high, k, at));
  }
  std::copy(q.begin(), q.end(), x.begin());
}

void require_projectable(const mdp::RobustMdp& model) {
  using mdp::SetKind;
  const SetKind kind = model.kind();
  const bool balls = kind == SetKind::kL1 || kind == SetKind::kTotalVariation;
  const bool others =
      kind == SetKind::kL2 || kind == SetKind::kLinf || kind == SetKind::kInterval || kind == SetKind::kContamination;
  if (model.priced())
    throw InvalidOption(
        "robust-policy-gradient: projected gradients of nature are for sets with a radius; inner = exact works for "
        "prices too");
  if (balls || (others && !model.state_wise())) return;
  throw InvalidOption(
      fmt::format("robust-policy-gradient: projected gradients of nature are for sets of kind l1 and tv, "
                  "and by choice l2, linf, interval and contamination; these are of kind '{}'{}; "
                  "inner = exact works for all",
                  mdp::to_string(kind), model.state_wise() ? " by state" : ""));
}

namespace {

void project_choice(const mdp::RobustMdp& model, std::int64_t c, std::span<const double> p, std::span<double> x) {
  using mdp::SetKind;
  const double k = model.radius(c);
  switch (model.kind()) {
    case SetKind::kL1:
      return project_l1(p, k, x);
    case SetKind::kTotalVariation:
      return project_l1(p, 2 * k, x);
    case SetKind::kL2:
      return project_l2(p, k, x);
    case SetKind::kContamination:
      return project_contamination(p, k, x);
    default:
      break;
  }
  std::vector<double> low(x.size(), 0), high(x.size(), 0);
  const auto& intervals = model.ambiguity().intervals;
  const auto first = static_cast<std::size_t>(model.nominal().choice_begin()[static_cast<std::size_t>(c)]);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (model.kind() == SetKind::kInterval) {
      if (i >= model.nominal().successors(c).size()) continue;  // bounds of 0
      low[i] = intervals.lower[first + i];
      high[i] = intervals.upper[first + i];
    } else {
      low[i] = std::max(0.0, p[i] - k);
      high[i] = std::min(1.0, p[i] + k);
    }
  }
  project_box(low, high, x);
}

}  // namespace

void project_rows(const mdp::RobustMdp& model, const NatureRows& reference, NatureRows& rows) {
  const mdp::TabularMdp& nominal = model.nominal();
  const auto part = [&](auto& values, std::int64_t from, std::int64_t to) {
    return std::span(values).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
  };
  for (int s = 0; s < nominal.num_states(); ++s) {
    const std::int64_t first = nominal.first_choice(s), last = nominal.first_choice(s + 1);
    if (model.state_wise()) {
      const auto begin =
          std::span(rows.begin).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first + 1));
      const double k = model.radius(s) * (model.kind() == mdp::SetKind::kTotalVariation ? 2 : 1);
      project_l1_together(part(reference.probability, begin.front(), begin.back()), begin, k,
                          part(rows.probability, begin.front(), begin.back()));
      continue;
    }
    for (std::int64_t c = first; c < last; ++c) {
      const std::int64_t from = rows.begin[static_cast<std::size_t>(c)],
                         to = rows.begin[static_cast<std::size_t>(c) + 1];
      project_choice(model, c, part(reference.probability, from, to), part(rows.probability, from, to));
    }
  }
}

}  // namespace bellwether::solvers::robust
