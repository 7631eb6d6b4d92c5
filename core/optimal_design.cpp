#include "core/optimal_design.h"

#include <algorithm>
#include <cassert>

#include <Eigen/Cholesky>
#include <Eigen/QR>

namespace bellwether {
namespace {

using Eigen::Index;

constexpr std::int64_t kRefresh = 100;  ///< steps between two fresh factors

Eigen::ColPivHouseholderQR<Eigen::MatrixXd> pivoted(const Eigen::MatrixXd& points) {
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(points.rows(), points.cols());
  qr.setThreshold(1e-10);
  qr.compute(points);
  return qr;
}

/// Ascent of log det V(weights) over points that span all of their space.
class Ascent {
 public:
  Ascent(const Eigen::MatrixXd& points, Eigen::VectorXd weights)
      : points_(points), weights_(std::move(weights)), rank_(static_cast<double>(points.cols())) {
    recompute();
  }

  void recompute() {
    weights_ /= weights_.sum();
    const Eigen::MatrixXd precision = points_.transpose() * weights_.asDiagonal() * points_;
    const Eigen::LLT<Eigen::MatrixXd> factor(precision);
    assert(factor.info() == Eigen::Success);
    inverse_ = factor.solve(Eigen::MatrixXd::Identity(precision.rows(), precision.cols()));
    leverage_ = (points_ * inverse_).cwiseProduct(points_).rowwise().sum();
  }

  double largest() const { return leverage_.maxCoeff(); }

  void step() {
    Index up = 0, down = -1;
    const double most = leverage_.maxCoeff(&up);
    for (Index i = 0; i < weights_.size(); ++i)
      if (weights_[i] > 0 && (down < 0 || leverage_[i] < leverage_[down])) down = i;
    const bool towards = most - rank_ >= rank_ - leverage_[down];
    const Index j = towards ? up : down;
    // The maximiser of log det((V + l x x^T) / (1 + l)); away from a point at most all of its weight.
    const double best = (leverage_[j] - rank_) / ((rank_ - 1) * leverage_[j]);
    move(j, std::max(best, -weights_[j]));
  }

  const Eigen::VectorXd& weights() const { return weights_; }

 private:
  void move(Index j, double length) {
    const Eigen::VectorXd direction = inverse_ * points_.row(j).transpose();
    const double shrink = length / (1 + length * leverage_[j]);
    const Eigen::VectorXd along = points_ * direction;
    leverage_ = (1 + length) * (leverage_ - shrink * along.cwiseAbs2());
    inverse_ = (1 + length) * (inverse_ - shrink * direction * direction.transpose());
    weights_[j] = std::max(0.0, weights_[j] + length);
    weights_ /= 1 + length;
  }

  const Eigen::MatrixXd& points_;
  Eigen::VectorXd weights_, leverage_;
  Eigen::MatrixXd inverse_;
  double rank_;
};

Design single_direction(const Eigen::MatrixXd& along) {
  Index far = 0;
  along.col(0).cwiseAbs().maxCoeff(&far);
  Design design{.weights = std::vector<double>(static_cast<std::size_t>(along.rows())), .rank = 1};
  design.weights[static_cast<std::size_t>(far)] = 1;
  design.largest_leverage = 1;
  design.converged = true;
  return design;
}

}  // namespace

int Design::support() const {
  return static_cast<int>(std::ranges::count_if(weights, [](double weight) { return weight > 0; }));
}

Eigen::MatrixXd span_basis(const Eigen::MatrixXd& points) {
  const auto qr = pivoted(points.transpose());
  return Eigen::MatrixXd(qr.householderQ()).leftCols(qr.rank());
}

Design optimal_design(const Eigen::MatrixXd& points, const DesignOptions& options) {
  assert(points.rows() > 0);
  const Index n = points.rows();
  const auto qr = pivoted(points.transpose());
  const Index rank = qr.rank();
  if (rank == 0 || points.cwiseAbs().maxCoeff() == 0) {
    const auto count = static_cast<std::size_t>(n);
    return {.weights = std::vector<double>(count, 1 / static_cast<double>(n)), .converged = true};
  }
  const Eigen::MatrixXd basis = Eigen::MatrixXd(qr.householderQ()).leftCols(rank), inside = points * basis;
  if (rank == 1) return single_direction(inside);
  Eigen::VectorXd start = Eigen::VectorXd::Zero(n);
  for (Index i = 0; i < rank; ++i) start[qr.colsPermutation().indices()[i]] = 1 / static_cast<double>(rank);

  Ascent ascent(inside, std::move(start));
  Design design{.rank = static_cast<int>(rank)};
  const double goal = (1 + options.tolerance) * static_cast<double>(rank);
  bool fresh = true;
  for (;;) {
    if (ascent.largest() <= goal && !fresh) {
      ascent.recompute();
      fresh = true;
    }
    if (ascent.largest() <= goal || design.steps >= options.max_steps) break;
    ascent.step();
    fresh = ++design.steps % kRefresh == 0;
    if (fresh) ascent.recompute();
  }
  if (!fresh) ascent.recompute();
  design.weights.assign(ascent.weights().begin(), ascent.weights().end());
  design.largest_leverage = ascent.largest();
  design.converged = design.largest_leverage <= goal;
  return design;
}

}  // namespace bellwether
