#include "core/ridge.h"

#include <cassert>

#include <Eigen/Cholesky>

namespace bellwether {
namespace {

Eigen::Map<const Eigen::VectorXd> as_vector(std::span<const double> x) {
  return {x.data(), static_cast<Eigen::Index>(x.size())};
}

double log_det(const Eigen::LLT<Eigen::MatrixXd>& factor) {
  return 2 * factor.matrixLLT().diagonal().array().log().sum();
}

}  // namespace

Ridge::Ridge(int dimension, double lambda)
    : Ridge(lambda * Eigen::MatrixXd::Identity(dimension, dimension), Eigen::VectorXd::Zero(dimension)) {}

Ridge::Ridge(const Eigen::MatrixXd& start, const Eigen::VectorXd& target)
    : root_(start.rows(), start.cols()),
      precision_(start),
      theta_(target.size()),
      target_(target),
      image_(target.size()),
      direction_(Eigen::VectorXd::Zero(target.size())) {
  assert(start.rows() >= 1 && start.rows() == start.cols() && start.rows() == target.size());
  refresh();
  log_det_start_ = log_det_growth_;
  log_det_growth_ = 0;
}

Eigen::MatrixXd Ridge::precision() const { return precision_.selfadjointView<Eigen::Lower>(); }

double Ridge::squared_norm(std::span<const double> x) const { return (root_.transpose() * as_vector(x)).squaredNorm(); }

Eigen::VectorXd Ridge::solve(const Eigen::VectorXd& x) const { return root_ * (root_.transpose() * x); }

void Ridge::displace(const Eigen::VectorXd& noise, double scale, Eigen::VectorXd& out) const {
  out = theta_;
  out.noalias() += scale * root_ * noise;
}

Ridge::Update Ridge::add(std::span<const double> x, double y, double weight) {
  const auto point = as_vector(x);
  image_.noalias() = root_.transpose() * point;
  direction_.noalias() = root_ * image_;
  const double norm = image_.squaredNorm(), stretch = 1 + weight * norm, stretch_root = std::sqrt(stretch);
  const double residual = y - theta_.dot(point);
  Update update{.squared_norm = norm, .shrink = weight / stretch, .shift = weight * residual / stretch};
  // (V + w x x^T)^-1 = W (I - c z z^T)^2 W^T with z = W^T x and 2 c - c^2 |z|^2 = w / (1 + w |z|^2): of the two c the
  // smaller one, in the form that does not cancel.
  root_.noalias() -= (weight / (stretch_root * (stretch_root + 1)) * direction_) * image_.transpose();
  theta_ += update.shift * direction_;
  precision_.selfadjointView<Eigen::Lower>().rankUpdate(point, weight);
  target_ += weight * y * point;
  log_det_growth_ += std::log1p(weight * norm);
  if (++count_ % kRefresh == 0) {
    refresh();
    update.refreshed = true;
  }
  return update;
}

void Ridge::refresh() {
  const Eigen::LLT<Eigen::MatrixXd> factor(precision_);
  assert(factor.info() == Eigen::Success);
  // V = L L^T, so that W = L^-T.
  root_.setIdentity();
  factor.matrixU().solveInPlace(root_);
  theta_ = factor.solve(target_);
  log_det_growth_ = log_det(factor) - log_det_start_;
}

}  // namespace bellwether
