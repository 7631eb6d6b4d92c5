#include "solvers/latent/pruning.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numeric>
#include <utility>

#include "core/rounding.h"
#include "mdp/latent/belief_model.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::solvers::latent {
namespace {

using KeepGoing = std::function<bool()>;

bool dominated(const std::vector<double>& low, const std::vector<double>& high) {
  for (std::size_t i = 0; i < low.size(); ++i)
    if (low[i] > high[i]) return false;
  return true;
}

/// The most by which `value` exceeds a mixture of vectors in some place.
double excess(const std::vector<double>& value, const std::vector<Candidate>& kept, const std::vector<double>& weight) {
  double sum = 0, worst = -1.0 / 0.0;
  for (const double w : weight) sum += std::max(w, 0.0);
  if (!(sum > 0)) return 1.0 / 0.0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    double mixed = 0;
    for (std::size_t g = 0; g < weight.size(); ++g)
      if (weight[g] > 0) mixed += weight[g] / sum * kept[g].value[i];
    worst = std::max(worst, value[i] - mixed);
  }
  return worst;
}

bool by_value(const Candidate& a, const Candidate& b) { return a.value < b.value; }

/// The upper envelope of lines between two beliefs: the upper right hull of the points (value[0], value[1]), from left
/// to right.
double envelope(std::vector<Candidate>& set) {
  std::sort(set.begin(), set.end(), by_value);
  std::vector<Candidate> stairs;  // from right to left, none dominated
  for (std::size_t i = set.size(); i-- > 0;)
    if (stairs.empty() || set[i].value[1] > stairs.back().value[1]) stairs.push_back(std::move(set[i]));
  std::vector<Candidate> hull;
  std::vector<std::vector<double>> dropped;
  for (std::size_t i = stairs.size(); i-- > 0;) {
    while (hull.size() >= 2) {
      const auto &a = hull[hull.size() - 2].value, &b = hull.back().value, &c = stairs[i].value;
      if ((b[1] - a[1]) * (c[0] - a[0]) > (c[1] - a[1]) * (b[0] - a[0])) break;
      dropped.push_back(hull.back().value);
      hull.pop_back();
    }
    hull.push_back(std::move(stairs[i]));
  }
  double loss = 0;
  for (const auto& value : dropped) {
    const auto right = std::lower_bound(hull.begin(), hull.end(), value[0],
                                        [](const Candidate& c, double x) { return c.value[0] < x; });
    const auto i = static_cast<std::size_t>(right - hull.begin());
    const auto &a = hull[i - 1].value, &c = hull[i].value;
    const double share = (value[0] - a[0]) / (c[0] - a[0]);
    loss = std::max(loss, value[1] - ((1 - share) * a[1] + share * c[1]));
    loss = std::max(loss, value[0] - ((1 - share) * a[0] + share * c[0]));
  }
  set = std::move(hull);
  return loss;
}

Candidate sum_of(const Candidate& left, const Candidate& right) {
  Candidate c = left;
  for (std::size_t i = 0; i < c.value.size(); ++i) c.value[i] += right.value[i];
  c.next.insert(c.next.end(), right.next.begin(), right.next.end());
  return c;
}

/// The envelope of all sums of two envelopes: their edges in the order of their slopes.
std::vector<Candidate> merged(const std::vector<Candidate>& left, const std::vector<Candidate>& right) {
  std::vector<Candidate> sums;
  std::size_t i = 0, j = 0;
  while (true) {
    sums.push_back(sum_of(left[i], right[j]));
    if (i + 1 == left.size() && j + 1 == right.size()) return sums;
    if (j + 1 == right.size())
      ++i;
    else if (i + 1 == left.size())
      ++j;
    else {
      const auto &a = left[i].value, &b = left[i + 1].value, &c = right[j].value, &d = right[j + 1].value;
      if ((b[1] - a[1]) * (d[0] - c[0]) >= (d[1] - c[1]) * (b[0] - a[0]))
        ++i;
      else
        ++j;
    }
  }
}

/// Lossless: by pointwise comparison; false when it was stopped. Rounding may order sums wrongly, so that an earlier
/// vector lies below a later one: that costs time, not truth.
bool drop_dominated(std::vector<Candidate>& set, const KeepGoing& keep_going) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < set.size(); ++i) order.emplace_back(-mdp::mass(set[i].value), i);
  std::sort(order.begin(), order.end());
  std::vector<Candidate> kept;
  for (const auto& [sum, i] : order) {
    if (keep_going && !keep_going()) return false;
    if (std::none_of(kept.begin(), kept.end(), [&](const Candidate& k) { return dominated(set[i].value, k.value); }))
      kept.push_back(std::move(set[i]));
  }
  set = std::move(kept);
  return true;
}

struct Verdict {
  double margin = 0;            ///< by how much the candidate is better somewhere
  std::vector<double> witness;  ///< a belief where it is
  double loss = 0;              ///< what is lost without it, proven
};

/// maximise d subject to b . (value - g) >= d for all kept g, b a distribution.
Verdict compare(const std::vector<double>& value, const std::vector<Candidate>& kept, double scale) {
  lp::LinearProgram program;
  const int sum = program.add_row(1, 1);
  for (std::size_t g = 0; g < kept.size(); ++g) program.add_row(0, lp::kInfinity);
  for (std::size_t i = 0; i < value.size(); ++i) {
    program.add_column(0, 0, lp::kInfinity);
    program.add_entry(sum, 1);
    for (std::size_t g = 0; g < kept.size(); ++g)
      program.add_entry(sum + 1 + static_cast<int>(g), (value[i] - kept[g].value[i]) / scale);
  }
  program.add_column(-1, -lp::kInfinity, lp::kInfinity);
  for (std::size_t g = 0; g < kept.size(); ++g) program.add_entry(sum + 1 + static_cast<int>(g), -1);
  const lp::LpResult result = lp::solve(program, {.method = "dual"});
  if (result.status != lp::LpStatus::kOptimal) return {.margin = 0, .witness = {}, .loss = 1.0 / 0.0};
  const std::vector<double> weight(result.row_dual.begin() + 1, result.row_dual.end());
  return {.margin = -result.objective * scale,
          .witness = {result.x.begin(), result.x.begin() + static_cast<std::ptrdiff_t>(value.size())},
          .loss = excess(value, kept, weight)};
}

std::size_t best_at(const std::vector<Candidate>& set, const std::vector<double>& belief) {
  std::size_t best = 0;
  double top = mdp::dot(set[0].value, belief);
  for (std::size_t i = 1; i < set.size(); ++i) {
    const double x = mdp::dot(set[i].value, belief);
    if (x > top || (x == top && set[i].value > set[best].value)) best = i, top = x;
  }
  return best;
}

double filter(std::vector<Candidate>& set, double tolerance, const KeepGoing& keep_going) {
  const std::size_t d = set.front().value.size();
  double low = 1.0 / 0.0, high = -low, loss = 0;
  for (const Candidate& c : set)
    for (const double x : c.value) low = std::min(low, x), high = std::max(high, x);
  const double scale = high > low ? high - low : 1.0;
  std::vector<Candidate> kept;
  const auto keep = [&](std::size_t i) {
    kept.push_back(std::move(set[i]));
    set.erase(set.begin() + static_cast<std::ptrdiff_t>(i));
  };
  std::vector<double> belief(d, 1.0 / static_cast<double>(d));
  keep(best_at(set, belief));
  for (std::size_t i = 0; i < d && !set.empty(); ++i) {
    belief.assign(d, 0.0);
    belief[i] = 1;
    const std::size_t top = best_at(set, belief);
    if (set[top].value[i] > kept[best_at(kept, belief)].value[i]) keep(top);
  }
  while (!set.empty() && (!keep_going || keep_going())) {
    const Verdict verdict = compare(set.back().value, kept, scale);
    if (verdict.margin <= 1e-9 * scale && verdict.loss <= tolerance) {
      loss = std::max(loss, verdict.loss);
      set.pop_back();
      continue;
    }
    if (verdict.margin <= 1e-9 * scale)
      keep(set.size() - 1);
    else
      keep(best_at(set, verdict.witness));
  }
  set = std::move(kept);
  return loss;
}

}  // namespace

double prune(std::vector<Candidate>& set, double tolerance, const KeepGoing& keep_going) {
  if (set.size() < 2) return 0;
  const std::size_t places = set.front().value.size();
  if (places == 2) return envelope(set);
  if (!drop_dominated(set, keep_going) || set.size() < 2 || places == 1) return 0;
  return filter(set, tolerance, keep_going);
}

double add_pruned(std::vector<Candidate>& sum, const std::vector<Candidate>& added, double tolerance,
                  const KeepGoing& keep_going) {
  std::vector<Candidate> sums;
  double loss = 0;
  if (sum.front().value.size() == 2) {
    // Edges whose slopes agree but for rounding may come in the wrong order: the corner between them is then too low
    // by a few roundings of its size.
    double size = 0;
    for (const std::vector<Candidate>* set : std::initializer_list<const std::vector<Candidate>*>{&sum, &added})
      for (const Candidate& c : *set) size = std::max({size, std::abs(c.value[0]), std::abs(c.value[1])});
    loss = 64 * kUnitRoundoff * size;
    sums = merged(sum, added);
  } else {
    for (const Candidate& left : sum) {
      if (keep_going && !keep_going()) return loss;
      for (const Candidate& right : added) sums.push_back(sum_of(left, right));
    }
  }
  loss += std::max(0.0, prune(sums, tolerance, keep_going));
  sum = std::move(sums);
  return loss;
}

}  // namespace bellwether::solvers::latent
