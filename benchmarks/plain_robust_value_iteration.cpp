#include "benchmarks/plain_robust_value_iteration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bellwether::benchmarks {

double plain_robust_sweep(const mdp::TabularMdp& model, double discount, double radius, const std::vector<double>& v,
                          std::vector<double>& out) {
  std::vector<std::pair<double, double>> row;
  double residual = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    double best = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto successor = model.successors(c);
      const auto probability = model.probabilities(c);
      row.clear();
      for (std::size_t i = 0; i < successor.size(); ++i)
        row.emplace_back(v[static_cast<std::size_t>(successor[i])], probability[i]);
      std::sort(row.begin(), row.end());
      double mass = std::min(radius / 2, 1 - row.front().second), sum = 0;
      row.front().second += mass;
      for (std::size_t i = row.size(); i-- > 1 && mass > 0;) {
        const double moved = std::min(mass, row[i].second);
        row[i].second -= moved;
        mass -= moved;
      }
      for (const auto& [value, p] : row) sum += p * value;
      best = std::max(best, model.reward(c) + discount * sum);
    }
    const auto i = static_cast<std::size_t>(s);
    residual = std::max(residual, std::abs(best - v[i]));
    out[i] = best;
  }
  return residual;
}

PlainResult plain_robust_value_iteration(const mdp::TabularMdp& model, double discount, double radius,
                                         double residual) {
  const auto states = static_cast<std::size_t>(model.num_states());
  PlainResult result{.value = std::vector<double>(states, 0.0), .residual = std::numeric_limits<double>::infinity()};
  std::vector<double> next(states);
  while (result.residual > residual) {
    result.residual = plain_robust_sweep(model, discount, radius, result.value, next);
    std::swap(result.value, next);
    ++result.sweeps;
  }
  return result;
}

}  // namespace bellwether::benchmarks
