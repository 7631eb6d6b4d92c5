#include "solvers/latent/pruning.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "mdp/latent/belief_model.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::solvers::latent {
namespace {

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

/// The upper envelope of lines between two beliefs: the upper right hull of the points (value[0], value[1]).
double envelope(std::vector<Candidate>& set) {
  std::sort(set.begin(), set.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  std::vector<Candidate> hull;
  std::vector<std::vector<double>> dropped;
  for (Candidate& point : set) {
    while (hull.size() >= 2) {
      const auto &a = hull[hull.size() - 2].value, &b = hull.back().value, &c = point.value;
      if ((b[1] - a[1]) * (c[0] - a[0]) > (c[1] - a[1]) * (b[0] - a[0])) break;
      dropped.push_back(hull.back().value);
      hull.pop_back();
    }
    hull.push_back(std::move(point));
  }
  double loss = 0;
  for (const auto& value : dropped) {
    const auto right = std::find_if(hull.begin(), hull.end(), [&](const auto& c) { return c.value[0] >= value[0]; });
    const auto i = static_cast<std::size_t>(right - hull.begin());
    const auto &a = hull[i - 1].value, &c = hull[i].value;
    const double share = (value[0] - a[0]) / (c[0] - a[0]);
    loss = std::max(loss, value[1] - ((1 - share) * a[1] + share * c[1]));
    loss = std::max(loss, value[0] - ((1 - share) * a[0] + share * c[0]));
  }
  set = std::move(hull);
  return loss;
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

double filter(std::vector<Candidate>& set, double tolerance) {
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
  while (!set.empty()) {
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

void drop_dominated(std::vector<Candidate>& set) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < set.size(); ++i) order.emplace_back(-mdp::mass(set[i].value), i);
  std::sort(order.begin(), order.end());
  std::vector<Candidate> kept;
  for (const auto& [sum, i] : order) {
    const bool below =
        std::any_of(kept.begin(), kept.end(), [&](const Candidate& k) { return dominated(set[i].value, k.value); });
    if (!below) kept.push_back(std::move(set[i]));
  }
  // Rounding may order sums wrongly: then an earlier vector can lie below a later one. It costs time, not truth.
  set = std::move(kept);
}

double prune(std::vector<Candidate>& set, double tolerance) {
  drop_dominated(set);
  if (set.size() < 2 || set.front().value.size() == 1) return 0;
  return set.front().value.size() == 2 ? envelope(set) : filter(set, tolerance);
}

}  // namespace bellwether::solvers::latent
