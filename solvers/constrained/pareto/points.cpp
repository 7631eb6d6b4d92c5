#include "solvers/constrained/pareto/points.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bellwether::solvers {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Volume above `reference` of the first `count` objectives.
double volume(std::vector<Objectives> points, std::span<const double> reference, std::size_t count) {
  if (points.empty()) return 0;
  if (count == 1) {
    double best = reference[0];
    for (const Objectives& p : points) best = std::max(best, p[0]);
    return best - reference[0];
  }
  const std::size_t last = count - 1;
  std::sort(points.begin(), points.end(), [&](const Objectives& a, const Objectives& b) { return a[last] > b[last]; });
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    // Between this height and the next lower one the slice is that of all points so far.
    const double low = i + 1 < points.size() ? points[i + 1][last] : reference[last];
    const double height = points[i][last] - low;
    if (height <= 0) continue;
    sum += height * volume({points.begin(), points.begin() + static_cast<std::ptrdiff_t>(i) + 1}, reference, last);
  }
  return sum;
}

std::vector<std::size_t> sorted_by(std::span<const Objectives> points, std::size_t objective) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return points[a][objective] < points[b][objective]; });
  return order;
}

void add_weights(int left, int divisions, std::vector<double>& now, std::size_t objectives,
                 std::vector<std::vector<double>>& out) {
  if (now.size() + 1 == objectives) {
    now.push_back(static_cast<double>(left) / divisions);
    out.push_back(now);
    now.pop_back();
    return;
  }
  for (int k = 0; k <= left; ++k) {
    now.push_back(static_cast<double>(k) / divisions);
    add_weights(left - k, divisions, now, objectives, out);
    now.pop_back();
  }
}

}  // namespace

bool dominates(std::span<const double> a, std::span<const double> b) {
  bool above = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] < b[i]) return false;
    above = above || a[i] > b[i];
  }
  return above;
}

std::vector<std::size_t> non_dominated(std::span<const Objectives> points) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < points.size(); ++i) {
    bool keep = true;
    for (std::size_t j = 0; j < points.size() && keep; ++j)
      keep = !(dominates(points[j], points[i]) || (j < i && points[j] == points[i]));
    if (keep) kept.push_back(i);
  }
  return kept;
}

double hypervolume(std::span<const Objectives> points, std::span<const double> reference) {
  std::vector<Objectives> above;
  for (const std::size_t i : non_dominated(points)) {
    bool exceeds = true;
    for (std::size_t k = 0; k < reference.size(); ++k) exceeds = exceeds && points[i][k] > reference[k];
    if (exceeds) above.push_back(points[i]);
  }
  return volume(std::move(above), reference, reference.size());
}

double sparsity(std::span<const Objectives> points) {
  if (points.size() < 2) return 0;
  double sum = 0;
  for (std::size_t k = 0; k < points.front().size(); ++k) {
    const std::vector<std::size_t> order = sorted_by(points, k);
    for (std::size_t i = 1; i < order.size(); ++i) {
      const double step = points[order[i]][k] - points[order[i - 1]][k];
      sum += step * step;
    }
  }
  return sum / static_cast<double>(points.size() - 1);
}

double expected_utility(std::span<const Objectives> points, std::span<const std::vector<double>> weights) {
  double sum = 0;
  for (const std::vector<double>& w : weights) {
    double best = -kInfinite;
    for (const Objectives& p : points) best = std::max(best, std::inner_product(w.begin(), w.end(), p.begin(), 0.0));
    sum += best;
  }
  return sum / static_cast<double>(weights.size());
}

std::vector<std::vector<double>> weight_grid(int objectives, int divisions) {
  std::vector<std::vector<double>> out;
  std::vector<double> now;
  add_weights(divisions, divisions, now, static_cast<std::size_t>(objectives), out);
  return out;
}

std::vector<double> crowding_distance(std::span<const Objectives> points) {
  std::vector<double> distance(points.size(), 0.0);
  if (points.empty()) return distance;
  for (std::size_t k = 0; k < points.front().size(); ++k) {
    const std::vector<std::size_t> order = sorted_by(points, k);
    const double range = points[order.back()][k] - points[order.front()][k];
    if (!(range > 0)) continue;
    distance[order.front()] = distance[order.back()] = kInfinite;
    for (std::size_t i = 1; i + 1 < order.size(); ++i)
      distance[order[i]] += (points[order[i + 1]][k] - points[order[i - 1]][k]) / range;
  }
  return distance;
}

}  // namespace bellwether::solvers
