#include "mdp/robust/selection.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "mdp/robust/lanes.h"

namespace bellwether::mdp::robust {
namespace {

/// What a threshold a makes of a row: the mass above it, the mass at it or above, and sum of p min(z, a).
struct Cut {
  double above = 0, at_least = 0, clipped = 0;
};

Cut cut_at(std::span<const double> p, std::span<const double> z, double a) {
  const std::size_t n = p.size();
  Four above = Four::all(0), below = above, total = above, clipped = above;
  const Four zero = above, at = Four::all(a);
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const Four pi = Four::load(p.data() + i), zi = Four::load(z.data() + i);
    above = above + where_greater(zi, at, pi, zero);
    below = below + where_greater(at, zi, pi, zero);
    total = total + pi;
    clipped = clipped + pi * min(zi, at);
  }
  Cut cut{above.sum(), 0, clipped.sum()};
  double under = below.sum(), sum = total.sum();
  for (; i < n; ++i) {
    cut.above += z[i] > a ? p[i] : 0;
    under += z[i] < a ? p[i] : 0;
    sum += p[i];
    cut.clipped += p[i] * std::min(z[i], a);
  }
  cut.at_least = sum - under;
  return cut;
}

std::vector<Atom>& scratch() {
  static thread_local std::vector<Atom> atoms;
  return atoms;
}

std::int32_t index_of(std::span<const double> z, double a) {
  return static_cast<std::int32_t>(std::find(z.begin(), z.end(), a) - z.begin());
}

/// The next value above `a`, or below it.
double neighbour(std::span<const double> z, double a, bool above) {
  double next = above ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  for (const double x : z) {
    if (above ? x > a && x < next : x < a && x > next) next = x;
  }
  return next;
}

/// Takes `mass` from the values above a, then from those at it, and gives it to the least one.
void transport(std::span<const double> p, std::span<const double> z, double mass, double a, double lowest,
               std::vector<double>& q) {
  q.assign(p.begin(), p.end());
  double moved = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (z[i] > a) moved += std::exchange(q[i], 0.0);
  }
  if (a > lowest) {
    double rest = std::max(0.0, mass - moved);
    for (std::size_t i = 0; i < q.size() && rest > 0; ++i) {
      if (z[i] != a) continue;
      const double taken = std::min(q[i], rest);
      q[i] -= taken;
      rest -= taken;
      moved += taken;
    }
  }
  q[static_cast<std::size_t>(index_of(z, lowest))] += moved;
}

double threshold(std::span<const double> p, std::span<const double> z, double mass) {
  std::vector<Atom>& atoms = scratch();
  atoms.clear();
  for (std::size_t i = 0; i < p.size(); ++i) atoms.push_back({z[i], p[i]});
  return threshold_from_top(atoms, mass);
}

/// The threshold, starting from a guess: neighbouring values first.
Cut settle_threshold(std::span<const double> p, std::span<const double> z, double mass, double lowest, double& a) {
  Cut cut = cut_at(p, z, a);
  for (int step = 0; step < 3; ++step) {
    const bool too_low = cut.above > mass, too_high = cut.at_least <= mass && a > lowest;
    if (!too_low && !too_high) return cut;
    a = neighbour(z, a, too_low);
    cut = cut_at(p, z, a);
  }
  if (cut.above <= mass && (cut.at_least > mass || a == lowest)) return cut;
  a = threshold(p, z, mass);
  return cut_at(p, z, a);
}

}  // namespace

double threshold_from_top(std::span<Atom> atoms, double mass) {
  Atom* first = atoms.data();
  Atom* last = first + atoms.size();
  for (;;) {
    const double x = first->value, y = (first + (last - first) / 2)->value, w = (last - 1)->value;
    const double pivot = std::max(std::min(x, y), std::min(std::max(x, y), w));
    double greater = 0, equal = 0;
    Atom *high = first, *low = last, *at = first;  // [first, high) above, [high, at) equal, [low, last) below
    while (at < low) {
      if (at->value > pivot) {
        greater += at->weight;
        std::swap(*high++, *at++);
      } else if (at->value < pivot) {
        std::swap(*at, *--low);
      } else {
        equal += (at++)->weight;
      }
    }
    if (greater > mass && high > first) {
      last = high;
    } else if (greater + equal > mass || low == last) {
      return pivot;
    } else {
      mass -= greater + equal;
      first = low;
    }
  }
}

double least(std::span<const double> z) {
  std::size_t i = 0;
  double low = std::numeric_limits<double>::infinity();
  if (z.size() >= 4) {
    Four four = Four::load(z.data());
    for (i = 4; i + 4 <= z.size(); i += 4) four = min(four, Four::load(z.data() + i));
    low = four.smallest();
  }
  for (; i < z.size(); ++i) low = std::min(low, z[i]);
  return low;
}

double worst_by_transport(std::span<const double> p, std::span<const double> z, double mass, std::int32_t& hint,
                          std::vector<double>* q) {
  // max over a of sum p min(z, a) - mass (a - lowest): the dual, whose maximum lies at the threshold.
  const double lowest = least(z);
  double a;
  Cut cut;
  if (hint >= 0 && hint < static_cast<std::int32_t>(z.size())) {
    a = z[static_cast<std::size_t>(hint)];
    cut = settle_threshold(p, z, mass, lowest, a);
    if (a != z[static_cast<std::size_t>(hint)]) hint = index_of(z, a);
  } else {
    a = threshold(p, z, mass);
    cut = cut_at(p, z, a);
    hint = index_of(z, a);
  }
  if (q != nullptr) transport(p, z, mass, a, lowest, *q);
  return a == lowest ? lowest : cut.clipped - mass * (a - lowest);
}

double worst_in_intervals(std::span<const double> lower, std::span<const double> upper, std::span<const double> z,
                          std::vector<double>* q) {
  // Pour what the lower bounds leave over the least values: in terms of -z, from the top.
  std::vector<Atom>& atoms = scratch();
  atoms.clear();
  double rest = 1, base = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    rest -= lower[i];
    base += lower[i] * z[i];
    atoms.push_back({-z[i], upper[i] - lower[i]});
  }
  rest = std::max(rest, 0.0);
  const double a = -threshold_from_top(atoms, rest);
  double poured = rest;
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (z[i] >= a) continue;
    base += (upper[i] - lower[i]) * z[i];
    poured -= upper[i] - lower[i];
  }
  if (q != nullptr) {
    q->assign(lower.begin(), lower.end());
    double left = std::max(poured, 0.0);
    for (std::size_t i = 0; i < z.size(); ++i) {
      if (z[i] < a) (*q)[i] = upper[i];
      if (z[i] != a) continue;
      const double more = std::min(left, upper[i] - lower[i]);
      (*q)[i] += more;
      left -= more;
    }
  }
  return base + poured * a;
}

double worst_in_box(std::span<const double> p, std::span<const double> z, double k, std::vector<double>* q) {
  static thread_local std::vector<double> lower, upper;
  lower.resize(p.size());
  upper.resize(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    lower[i] = std::max(0.0, p[i] - k);
    upper[i] = std::min(1.0, p[i] + k);
  }
  return worst_in_intervals(lower, upper, z, q);
}

double worst_contamination(std::span<const double> p, std::span<const double> z, double k, std::vector<double>* q) {
  k = std::min(k, 1.0);
  const double lowest = least(z);
  double mean = 0;
  for (std::size_t i = 0; i < p.size(); ++i) mean += p[i] * (z[i] - lowest);
  if (q != nullptr) {
    q->assign(p.begin(), p.end());
    for (double& x : *q) x *= 1 - k;
    (*q)[static_cast<std::size_t>(index_of(z, lowest))] += k;
  }
  return lowest + (1 - k) * mean;
}

}  // namespace bellwether::mdp::robust
