#include "solvers/linear/fitted_q.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <Eigen/Cholesky>

namespace bellwether::solvers {
namespace {

struct Limits {
  double low, high;
};

Limits limits_of(const SampleBatch& batch, double discount) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t c = 0; c < batch.reward.size(); ++c) {
    if (batch.weight[c] == 0) continue;
    low = std::min(low, batch.reward[c]);
    high = std::max(high, batch.reward[c]);
  }
  return {low / (1 - discount), high / (1 - discount)};
}

}  // namespace

FittedQResult fitted_q(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features,
                       const SampleBatch& batch, double discount, const FittedQOptions& options) {
  require_valid("fitted-q", options);
  require_discount("fitted-q", discount);
  require_fit(state_begin, features, batch);
  const auto phi = features.matrix();
  const Eigen::Map<const Eigen::VectorXd> weight(batch.weight.data(), batch.num_choices());
  Eigen::MatrixXd c = second_moments(features, batch);
  FittedQResult result{.status = Status::kBudgetExhausted,
                       .weights = Eigen::VectorXd::Zero(features.dimension()),
                       .ridge = options.ridge * c.trace() / features.dimension()};
  c.diagonal().array() += result.ridge;
  const Eigen::LLT<Eigen::MatrixXd> factor(c);
  const Limits limits = limits_of(batch, discount);
  Eigen::VectorXd q = Eigen::VectorXd::Zero(phi.rows()), target(phi.rows());
  std::vector<double> v(state_begin.size() - 1);
  if (factor.info() != Eigen::Success) result.status = Status::kNumericalTrouble;
  while (result.status == Status::kBudgetExhausted && result.iterations < options.iterations) {
    for (std::size_t s = 0; s < v.size(); ++s) {
      const double best = *std::max_element(q.data() + state_begin[s], q.data() + state_begin[s + 1]);
      v[s] = options.clip ? std::clamp(best, limits.low, limits.high) : best;
    }
    for (std::int64_t i = 0; i < phi.rows(); ++i) {
      target[i] = weight[i] * batch.reward[static_cast<std::size_t>(i)];
      for (const auto& [next, share] : batch.of(i)) target[i] += discount * share * v[static_cast<std::size_t>(next)];
    }
    const Eigen::VectorXd w = factor.solve(phi.transpose() * target), fitted = phi * w;
    ++result.iterations;
    if (!fitted.allFinite()) {
      result.status = Status::kNumericalTrouble;
      break;
    }
    result.change = (fitted - q).lpNorm<Eigen::Infinity>();
    result.weights = w;
    q = fitted;
    if (result.change <= options.tolerance) result.status = Status::kConverged;
  }
  result.policy = greedy_choices(state_begin, features, result.weights);
  return result;
}

}  // namespace bellwether::solvers
