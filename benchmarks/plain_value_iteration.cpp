#include "benchmarks/plain_value_iteration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bellwether::benchmarks {

double plain_sweep(const mdp::TabularMdp& model, double discount, const std::vector<double>& v,
                   std::vector<double>& out) {
  const std::int64_t* state_begin = model.state_begin().data();
  const std::int64_t* choice_begin = model.choice_begin().data();
  const std::int32_t* successor = model.successor().data();
  const double* probability = model.probability().data();
  const double* reward = model.reward().data();
  double residual = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    double best = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = state_begin[s]; c < state_begin[s + 1]; ++c) {
      double sum = 0;
      for (std::int64_t i = choice_begin[c]; i < choice_begin[c + 1]; ++i) {
        sum += probability[i] * v[static_cast<std::size_t>(successor[i])];
      }
      best = std::max(best, reward[c] + discount * sum);
    }
    const auto i = static_cast<std::size_t>(s);
    residual = std::max(residual, std::abs(best - v[i]));
    out[i] = best;
  }
  return residual;
}

PlainResult plain_value_iteration(const mdp::TabularMdp& model, double discount, double residual) {
  const auto states = static_cast<std::size_t>(model.num_states());
  PlainResult result{.value = std::vector<double>(states, 0.0), .residual = std::numeric_limits<double>::infinity()};
  std::vector<double> next(states);
  while (result.residual > residual) {
    result.residual = plain_sweep(model, discount, result.value, next);
    std::swap(result.value, next);
    ++result.sweeps;
  }
  return result;
}

}  // namespace bellwether::benchmarks
