#include "mdp/robust/pieces.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <utility>

namespace bellwether::mdp::robust {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class T>
void steepest_first(std::vector<T>& pieces) {
  std::stable_sort(pieces.begin(), pieces.end(), [](const T& a, const T& b) { return a.slope > b.slope; });
}

/// The lower envelope of the lines z_i + l w_i over l >= 0: lines in the order met as l falls from infinity to 0, and
/// the l at which each begins to be lowest.
struct Envelope {
  std::vector<std::int32_t> line;
  std::vector<double> until;  ///< line[k] is lowest for l in [until[k + 1], until[k]]; until[0] is infinite

  /// The lowest line at l.
  std::int32_t at(double l) const {
    const auto found = std::partition_point(until.begin(), until.end(), [&](double x) { return x > l; });
    return line[static_cast<std::size_t>(found - until.begin()) - 1];
  }
};

Envelope envelope_of(std::span<const double> z, std::span<const double> w) {
  std::vector<std::int32_t> order(z.size());
  std::iota(order.begin(), order.end(), 0);
  // Flat lines are lowest for large l; of equal weights only the lowest counts.
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
    return w[i] != w[j] ? w[i] < w[j] : (z[i] != z[j] ? z[i] < z[j] : a < b);
  });
  Envelope e;
  const auto crossing = [&](std::int32_t flat, std::int32_t steep) {
    const auto i = static_cast<std::size_t>(flat), j = static_cast<std::size_t>(steep);
    return (z[i] - z[j]) / (w[j] - w[i]);
  };
  for (const std::int32_t next : order) {
    if (!e.line.empty() && w[static_cast<std::size_t>(e.line.back())] == w[static_cast<std::size_t>(next)]) continue;
    double l = kInfinity;
    while (!e.line.empty()) {
      l = crossing(e.line.back(), next);
      if (l < e.until.back()) break;
      e.line.pop_back();
      e.until.pop_back();
      l = kInfinity;
    }
    if (!(l > 0)) continue;  // nowhere lowest for l > 0
    e.line.push_back(next);
    e.until.push_back(l);
  }
  return e;
}

/// The l at which donor i begins to give: the root of z_i - l w_i = mu(l), or 0 when it never does.
double joining_slope(const Envelope& e, std::span<const double> z, std::span<const double> w, std::size_t i) {
  // z_i - l w_i - mu(l) falls in l: find the stretch of the envelope that holds the root.
  const auto gives_at = [&](double l) {
    const auto r = static_cast<std::size_t>(e.at(l));
    return z[i] - l * w[i] >= z[r] + l * w[r];
  };
  std::size_t low = 0, high = e.line.size() - 1;  // the root lies on lines low .. high
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (gives_at(e.until[middle]))  // at the start of line `middle` or above: an earlier line
      high = middle - 1;
    else
      low = middle;
  }
  const auto r = static_cast<std::size_t>(e.line[low]);
  return std::max(0.0, (z[i] - z[r]) / (w[i] + w[r]));
}

}  // namespace

std::vector<Move> weighted_l1_moves(std::span<const double> p, std::span<const double> z, std::span<const double> w) {
  const Envelope e = envelope_of(z, w);
  struct Donor {
    double slope;
    std::int32_t index;
  };
  std::vector<Donor> donors;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] <= 0) continue;
    const double l = joining_slope(e, z, w, i);
    if (l > 0) donors.push_back({l, static_cast<std::int32_t>(i)});
  }
  std::sort(donors.begin(), donors.end(),
            [](const Donor& a, const Donor& b) { return a.slope != b.slope ? a.slope > b.slope : a.index < b.index; });
  std::vector<Move> moves;
  double donated = 0;
  std::size_t k = 0;
  const auto move_on = [&] {  // from receiver k to receiver k + 1
    const std::int32_t from = e.line[k], to = e.line[k + 1];
    const double dearer = w[static_cast<std::size_t>(to)] - w[static_cast<std::size_t>(from)];
    if (donated > 0) moves.push_back({donated * dearer, e.until[k + 1], donated, from, to});
    ++k;
  };
  for (const Donor& d : donors) {
    while (k + 1 < e.line.size() && e.until[k + 1] > d.slope) move_on();
    const auto i = static_cast<std::size_t>(d.index), r = static_cast<std::size_t>(e.line[k]);
    moves.push_back({p[i] * (w[i] + w[r]), d.slope, p[i], d.index, e.line[k]});
    donated += p[i];
  }
  while (k + 1 < e.line.size()) move_on();
  return moves;
}

std::vector<Move> transport_moves(std::span<const double> p, std::span<const double> z,
                                  const std::function<double(std::size_t, std::size_t)>& cost) {
  struct Point {
    double cost, value;
    std::int32_t at;
  };
  std::vector<Move> moves;
  std::vector<Point> points, hull;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] <= 0) continue;
    points.clear();
    for (std::size_t j = 0; j < z.size(); ++j) {
      const double c = cost(i, j);
      if (j == i || z[j] < z[i]) points.push_back({c, z[j], static_cast<std::int32_t>(j)});
    }
    std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
      return a.cost != b.cost ? a.cost < b.cost : (a.value != b.value ? a.value < b.value : a.at < b.at);
    });
    hull.clear();
    for (const Point& next : points) {
      if (!hull.empty() && next.value >= hull.back().value) continue;
      // Lower convex hull of a falling chain: drop points that are not below the line of their neighbours.
      while (hull.size() >= 2) {
        const Point &a = hull[hull.size() - 2], &b = hull.back();
        if ((b.value - a.value) * (next.cost - a.cost) < (next.value - a.value) * (b.cost - a.cost)) break;
        hull.pop_back();
      }
      if (hull.size() == 1 && next.cost == hull.back().cost) hull.pop_back();
      hull.push_back(next);
    }
    std::int32_t from = static_cast<std::int32_t>(i);
    if (hull.front().cost == 0 && hull.front().at != from) {  // a free move
      moves.push_back({0, kInfinity, p[i], from, hull.front().at});
      from = hull.front().at;
    }
    for (std::size_t k = 1; k < hull.size(); ++k) {
      const double dearer = hull[k].cost - hull[k - 1].cost;
      moves.push_back({p[i] * dearer, (hull[k - 1].value - hull[k].value) / dearer, p[i], from, hull[k].at});
      from = hull[k].at;
    }
  }
  steepest_first(moves);
  return moves;
}

double spend(std::span<const double> p, std::span<const double> z, std::span<const Move> moves, double budget,
             std::vector<double>* q) {
  double value = 0;
  for (std::size_t i = 0; i < p.size(); ++i) value += p[i] * z[i];
  if (q != nullptr) q->assign(p.begin(), p.end());
  for (const Move& move : moves) {
    if (move.length > 0 && !(budget > 0)) break;
    const double share = move.length > budget ? budget / move.length : 1, mass = share * move.mass;
    const auto from = static_cast<std::size_t>(move.from), to = static_cast<std::size_t>(move.to);
    value -= mass * (z[from] - z[to]);
    if (q != nullptr) {
      const double moved = std::min(mass, (*q)[from]);
      (*q)[from] -= moved;
      (*q)[to] += moved;
    }
    budget -= move.length;
  }
  return value;
}

std::vector<Piece> linf_pieces(std::span<const double> p, std::span<const double> z) {
  // In the order of z, entries below the pivot m receive x, entries above give min(p, x), and the pivot balances with
  // d = (given above) - m x in [-min(p_m, x), x]. As x grows donors run dry and the pivot moves down, never up.
  const std::size_t n = p.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return z[a] != z[b] ? z[a] < z[b] : a < b; });
  const auto mass = [&](std::size_t rank) { return p[order[rank]]; };
  const auto value = [&](std::size_t rank) { return z[order[rank]]; };
  using Donor = std::pair<double, std::size_t>;  // mass and rank, the first to run dry on top
  std::priority_queue<Donor, std::vector<Donor>, std::greater<>> wet;
  double x = 0, dry_mass = 0, sum_below = 0, sum_wet = 0;
  std::size_t m = n - 1;
  for (std::size_t i = 0; i < m; ++i) sum_below += value(i);
  std::vector<Piece> pieces;
  for (;;) {
    const double givers = static_cast<double>(wet.size()), receivers = static_cast<double>(m);
    // When has the pivot given all it can? d = -x while it has mass, d = -p_m once it has not.
    double leave = kInfinity;
    if (x < mass(m) && givers + 1 < receivers) {
      leave = dry_mass / (receivers - givers - 1);
      if (leave > mass(m)) leave = kInfinity;
    }
    if (leave == kInfinity && givers < receivers)
      leave = std::max((dry_mass + mass(m)) / (receivers - givers), mass(m));
    leave = std::max(leave, x);
    const double dry = wet.empty() ? kInfinity : wet.top().first, end = std::min(leave, dry);
    if (end == kInfinity) return pieces;
    const double slope = receivers * value(m) - sum_below + sum_wet - givers * value(m);
    if (end > x) pieces.push_back({end - x, std::max(slope, 0.0)});
    x = std::max(x, end);
    if (dry <= leave) {
      dry_mass += dry;
      sum_wet -= value(wet.top().second);
      wet.pop();
    } else {  // the pivot joins the donors
      if (mass(m) > x) {
        wet.emplace(mass(m), m);
        sum_wet += value(m);
      } else {
        dry_mass += mass(m);
      }
      sum_below -= value(--m);
    }
  }
}

}  // namespace bellwether::mdp::robust
