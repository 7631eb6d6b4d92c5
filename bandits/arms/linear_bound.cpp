#include "bandits/arms/linear_bound.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "core/optimal_design.h"

namespace bellwether::bandits {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kMostArms = 200;

/// minimise cost . w over w > 0 under |y_i|^2_{H(w)^-1} < limit_i, H(w) = sum w_i y_i y_i^T. The rows of y span their
/// space. Of weights in units such that everything is of order one.
class Barrier {
 public:
  Barrier(MatrixXd y, VectorXd cost, VectorXd limit)
      : y_(std::move(y)), cost_(std::move(cost)), limit_(std::move(limit)), w_(cost_.size()) {
    w_.setOnes();
    w_ *= 2 * (leverages(w_).array() / limit_.array()).maxCoeff();  // leverages fall like 1 / weights
  }

  const VectorXd& weights() const { return w_; }
  double value() const { return cost_.dot(w_); }

  /// The central path up to duality gap 2 n / sharpness below `share` of the value.
  double solve(double share) {
    double sharpness = 1 / value();
    const auto terms = static_cast<double>(2 * w_.size());
    for (;;) {
      for (int i = 0; i < 200 && newton(sharpness); ++i) continue;
      if (terms / sharpness <= share * value()) return terms / sharpness;
      sharpness *= 4;
    }
  }

 private:
  MatrixXd gram(const VectorXd& w) const {  // y_i^T H^-1 y_j
    const MatrixXd h = y_.transpose() * w.asDiagonal() * y_;
    const Eigen::LLT<MatrixXd> factor(h);
    return y_ * factor.solve(y_.transpose());
  }
  VectorXd leverages(const VectorXd& w) const { return gram(w).diagonal(); }

  double objective(double sharpness, const VectorXd& w) const {
    if (!(w.minCoeff() > 0)) return std::numeric_limits<double>::infinity();
    const VectorXd slack = limit_ - leverages(w);
    if (!(slack.minCoeff() > 0)) return std::numeric_limits<double>::infinity();
    return sharpness * cost_.dot(w) - w.array().log().sum() - slack.array().log().sum();
  }

  /// One damped step; false when the decrement says that the centre is reached.
  bool newton(double sharpness) {
    const MatrixXd g = gram(w_), squares = g.cwiseAbs2();
    const VectorXd share = (limit_ - g.diagonal()).cwiseInverse();  // of the barrier's derivative
    // d |y_i|^2 / d w_j = -g_ij^2; d^2 / d w_j d w_k = 2 g_ij g_jk g_ik.
    const VectorXd gradient = sharpness * cost_ - w_.cwiseInverse() - squares.transpose() * share;
    MatrixXd hessian = 2 * (g * share.asDiagonal() * g).cwiseProduct(g);
    hessian += squares.transpose() * share.cwiseAbs2().asDiagonal() * squares;
    hessian.diagonal() += w_.cwiseInverse().cwiseAbs2();
    const VectorXd step = -hessian.ldlt().solve(gradient);
    const double decrement = -gradient.dot(step);
    if (!(decrement > 1e-10)) return false;
    const double here = objective(sharpness, w_);
    double length = 1;
    while (length > 1e-12 && !(objective(sharpness, w_ + length * step) <= here - 0.1 * length * decrement))
      length /= 2;
    if (length <= 1e-12) return false;
    w_ += length * step;
    return true;
  }

  MatrixXd y_;
  VectorXd cost_, limit_, w_;
};

}  // namespace

double least_gap(std::span<const double> means) {
  const double best = std::ranges::max(means);
  double second = -std::numeric_limits<double>::infinity();
  for (const double mean : means)
    if (mean < best) second = std::max(second, mean);
  return std::isinf(second) ? 0 : best - second;
}

std::optional<InstanceBound> instance_bound(const LinearBandit& bandit) {
  const std::span<const double> means = bandit.means();
  const auto count = static_cast<Index>(means.size());
  const std::ptrdiff_t best = std::ranges::max_element(means) - means.begin();
  if (bandit.rewards().link != Link::kIdentity || bandit.rewards().coins || means.size() < 2 ||
      means.size() > kMostArms || std::ranges::count(means, means[static_cast<std::size_t>(best)]) > 1)
    return std::nullopt;
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Index d = static_cast<Index>(bandit.rewards().theta.size());
  const MatrixXd arms = Eigen::Map<const Rows>(bandit.features().data(), count, d);
  // Pulls of the best arm cost nothing: its direction is known, what is left of the others is orthogonal to it.
  const VectorXd known = arms.row(best).transpose();
  MatrixXd left(count - 1, d);
  VectorXd gap(count - 1);
  for (Index i = 0, row = 0; i < count; ++i) {
    if (i == best) continue;
    VectorXd rest = arms.row(i).transpose();
    if (known.squaredNorm() > 0) rest -= known * (known.dot(rest) / known.squaredNorm());
    left.row(row) = rest.transpose();
    gap[row++] = means[static_cast<std::size_t>(best)] - means[static_cast<std::size_t>(i)];
  }
  InstanceBound bound{.pulls = std::vector<double>(means.size(), 0.0)};
  bound.pulls[static_cast<std::size_t>(best)] = std::numeric_limits<double>::infinity();
  const MatrixXd basis = span_basis(left);
  if (basis.cols() == 0 || left.cwiseAbs().maxCoeff() == 0)
    return bound;  // multiples of the best arm: nothing to learn
  const double sigma = bandit.rewards().sigma;
  Barrier barrier(left * basis, gap, gap.cwiseAbs2() / (2 * sigma * sigma));
  bound.slack = barrier.solve(1e-9);
  bound.value = barrier.value();
  for (Index i = 0, row = 0; i < count; ++i)
    if (i != best) bound.pulls[static_cast<std::size_t>(i)] = barrier.weights()[row++];
  return bound;
}

}  // namespace bellwether::bandits
