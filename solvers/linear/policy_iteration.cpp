#include "solvers/linear/policy_iteration.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include <Eigen/LU>

namespace bellwether::solvers {

Eigen::VectorXd lstd_q(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features,
                       const SampleBatch& batch, double discount, std::span<const std::int32_t> choice_of_state,
                       double ridge) {
  require_fit(state_begin, features, batch);
  const auto phi = features.matrix();
  const int d = features.dimension();
  Eigen::MatrixXd a = ridge * Eigen::MatrixXd::Identity(d, d);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(d), next(d);
  for (std::int64_t c = 0; c < batch.num_choices(); ++c) {
    const auto i = static_cast<std::size_t>(c);
    if (batch.weight[i] == 0) continue;
    next.setZero();
    for (const auto& [state, weight] : batch.of(c)) {
      const auto s = static_cast<std::size_t>(state);
      next += weight * phi.row(state_begin[s] + choice_of_state[s]).transpose();
    }
    a.noalias() += phi.row(c).transpose() * (batch.weight[i] * phi.row(c) - discount * next.transpose());
    b += batch.weight[i] * batch.reward[i] * phi.row(c).transpose();
  }
  const Eigen::FullPivLU<Eigen::MatrixXd> factor(a);
  if (!factor.isInvertible()) return Eigen::VectorXd::Constant(d, std::numeric_limits<double>::quiet_NaN());
  return factor.solve(b);
}

LspiResult lspi(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features, const SampleBatch& batch,
                double discount, const LspiOptions& options) {
  require_valid("lspi", options);
  require_discount("lspi", discount);
  require_fit(state_begin, features, batch);
  LspiResult result{.status = Status::kBudgetExhausted,
                    .weights = Eigen::VectorXd::Zero(features.dimension()),
                    .policy = std::vector<std::int32_t>(state_begin.size() - 1, 0),
                    .ridge = options.ridge * second_moments(features, batch).trace() / features.dimension()};
  std::vector<std::vector<std::int32_t>> seen{result.policy};
  while (result.iterations < options.iterations) {
    Eigen::VectorXd w = lstd_q(state_begin, features, batch, discount, result.policy, result.ridge);
    ++result.iterations;
    if (!w.allFinite()) {
      result.status = Status::kNumericalTrouble;
      return result;
    }
    const double change = (w - result.weights).lpNorm<Eigen::Infinity>();
    result.weights = std::move(w);
    result.policy = greedy_choices(state_begin, features, result.weights);
    const auto before = std::find(seen.rbegin(), seen.rend(), result.policy);
    const auto back = static_cast<int>(before - seen.rbegin());  // 0: the policy that was just evaluated
    if (back == 0 || (change <= options.tolerance && result.iterations > 1)) {
      result.status = Status::kConverged;
      return result;
    }
    if (before != seen.rend()) {
      result.cycle = back + 1;
      return result;
    }
    seen.push_back(result.policy);
  }
  return result;
}

}  // namespace bellwether::solvers
