#include "solvers/linear/exact.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>

#include "core/optimal_design.h"

namespace bellwether::solvers {
namespace {

Eigen::MatrixXd resolvent_system(const FeatureChain& chain, double factor) {
  return Eigen::MatrixXd::Identity(chain.num_states(), chain.num_states()) - factor * chain.transition;
}

/// Phi - g P Phi.
Eigen::MatrixXd differences(const FeatureChain& chain) {
  return chain.features - chain.discount * (chain.transition * chain.features);
}

}  // namespace

TdMoments td_moments(const FeatureChain& chain, double lambda) {
  const auto weight = chain.weight.asDiagonal();
  Eigen::MatrixXd right(chain.num_states(), chain.dimension() + 1);
  right << differences(chain), chain.reward;
  if (lambda > 0) right = resolvent_system(chain, chain.discount * lambda).partialPivLu().solve(right).eval();
  const Eigen::MatrixXd left = weight * chain.features;
  return {.a = left.transpose() * right.leftCols(chain.dimension()),
          .c = left.transpose() * chain.features,
          .b = left.transpose() * right.col(chain.dimension())};
}

Eigen::VectorXd true_values(const FeatureChain& chain) {
  return resolvent_system(chain, chain.discount).partialPivLu().solve(chain.reward);
}

Eigen::VectorXd nearest_weights(const FeatureChain& chain, const Eigen::VectorXd& values) {
  const auto root = chain.weight.cwiseSqrt().asDiagonal();
  const Eigen::MatrixXd scaled = root * chain.features;
  return scaled.completeOrthogonalDecomposition().solve(root * values);
}

int feature_rank(const FeatureChain& chain) {
  const Eigen::MatrixXd scaled = chain.weight.cwiseSqrt().asDiagonal() * chain.features;
  return static_cast<int>(scaled.completeOrthogonalDecomposition().rank());
}

Eigen::VectorXd td_fixed_point(const TdMoments& moments) {
  return moments.a.completeOrthogonalDecomposition().solve(moments.b);
}

Eigen::VectorXd bellman_residual_weights(const FeatureChain& chain) {
  const auto root = chain.weight.cwiseSqrt().asDiagonal();
  const Eigen::MatrixXd scaled = root * differences(chain);
  return scaled.completeOrthogonalDecomposition().solve(root * chain.reward);
}

double weighted_norm(const FeatureChain& chain, const Eigen::VectorXd& v) {
  return std::sqrt(chain.weight.dot(v.cwiseAbs2()));
}

double projected_bellman_error(const TdMoments& moments, const Eigen::VectorXd& w) {
  const Eigen::VectorXd off = moments.b - moments.a * w;
  return std::max(0.0, off.dot(moments.c.completeOrthogonalDecomposition().solve(off)));
}

double bellman_error(const FeatureChain& chain, const Eigen::VectorXd& w) {
  const Eigen::VectorXd off = chain.reward - differences(chain) * w;
  return chain.weight.dot(off.cwiseAbs2());
}

double lambda_contraction(double discount, double lambda) { return discount * (1 - lambda) / (1 - discount * lambda); }

double stability(const TdMoments& moments) {
  const Eigen::MatrixXd basis = span_basis(moments.c);
  const Eigen::MatrixXd inside = basis.transpose() * moments.a * basis;
  return inside.eigenvalues().real().minCoeff();
}

void expected_update(TdMethod method, const TdMoments& moments, double step, double second, TdWeights& weights) {
  const Eigen::VectorXd mean = moments.b - moments.a * weights.w;  // E[delta phi]
  if (method == TdMethod::kTd) {
    weights.w += step * mean;
    return;
  }
  const Eigen::VectorXd follow = mean - moments.c * weights.u;
  if (method == TdMethod::kGtd2)
    weights.w += step * moments.a.transpose() * weights.u;
  else  // E[g phi' phi^T] = (C - A)^T at lambda = 0
    weights.w += step * (mean - (moments.c - moments.a).transpose() * weights.u);
  weights.u += second * follow;
}

}  // namespace bellwether::solvers
