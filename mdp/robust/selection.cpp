#include "mdp/robust/selection.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "mdp/robust/lanes.h"
#include "mdp/robust/wide_kernels.h"

namespace bellwether::mdp::robust {
namespace {

std::vector<Atom>& scratch() {
  static thread_local std::vector<Atom> atoms;
  return atoms;
}

std::int32_t index_of(std::span<const double> z, double a) {
  return static_cast<std::int32_t>(std::find(z.begin(), z.end(), a) - z.begin());
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

/// The threshold, starting from a guess. A wrong one is mended by a step or two to its neighbours; then small masses
/// are looked for from the largest value downwards, others selected. What a guess leaves below is weighed against
/// 1 - mass, so that it is confirmed from both sides by what it costs to compute the value.
Cut settle_threshold(std::span<const double> p, std::span<const double> z, double mass, bool guessed, double& a) {
  constexpr int kStepsFromGuess = 2, kStepsFromTop = 6;
  constexpr double kFewFromTop = 0.2;
  const std::size_t n = p.size();
  if (guessed) {
    Cut cut = cut_at(p.data(), z.data(), n, a);
    for (int step = 0; step < kStepsFromGuess; ++step) {
      const bool too_low = cut.above > mass, too_high = 1 - cut.below <= mass && a > cut.lowest;
      if (!too_low && !too_high) return cut;
      const Neighbours next = neighbours_of(z.data(), n, a);
      a = too_low ? next.above : next.below;
      cut = cut_at(p.data(), z.data(), n, a);
    }
  }
  if (mass < kFewFromTop) {
    a = std::numeric_limits<double>::infinity();
    for (int step = 0; step < kStepsFromTop; ++step) {
      a = neighbours_of(z.data(), n, a).below;
      const Cut cut = cut_at(p.data(), z.data(), n, a);
      if (1 - cut.below > mass || a <= cut.lowest) return cut;
    }
  }
  a = threshold(p, z, mass);
  return cut_at(p.data(), z.data(), n, a);
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
  const bool hinted = hint >= 0 && hint < static_cast<std::int32_t>(z.size());
  double a = hinted ? z[static_cast<std::size_t>(hint)] : 0;
  const Cut cut = settle_threshold(p, z, mass, hinted, a);
  if (!hinted || a != z[static_cast<std::size_t>(hint)]) hint = index_of(z, a);
  if (q != nullptr) transport(p, z, mass, a, cut.lowest, *q);
  return a == cut.lowest ? a : cut.clipped - mass * (a - cut.lowest);
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
