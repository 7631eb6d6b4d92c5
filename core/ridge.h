#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include <Eigen/Core>

namespace bellwether {

/// Regularised least squares that grows by one observation at a time:
///
///   V = V_0 + sum of w x x^T,   theta = V^-1 (b_0 + sum of w x y)
///
/// What is kept is a square root W of the inverse, V^-1 = W W^T: an observation is a rank-one change of W (Potter
/// 1963), O(d^2), under which the inverse cannot lose its sign. |x|_{V^-1} = |W^T x|, and theta + W xi with xi normal
/// is a draw from N(theta, V^-1). Every `kRefresh` observations W and theta come anew from a Cholesky factor of V.
class Ridge {
 public:
  static constexpr std::int64_t kRefresh = 1000;

  /// V_0 = lambda I, b_0 = 0. dimension >= 1, lambda > 0.
  Ridge(int dimension, double lambda);
  /// V_0 symmetric and positive definite.
  Ridge(const Eigen::MatrixXd& start, const Eigen::VectorXd& target);

  int dimension() const { return static_cast<int>(theta_.size()); }
  std::int64_t count() const { return count_; }
  const Eigen::VectorXd& theta() const { return theta_; }
  /// V itself, both triangles.
  Eigen::MatrixXd precision() const;
  /// ln(det V / det V_0).
  double log_det_growth() const { return log_det_growth_; }
  /// W: d by d, of no particular shape.
  const Eigen::MatrixXd& root() const { return root_; }

  /// |x|^2 in the norm of V^-1.
  double squared_norm(std::span<const double> x) const;
  /// V^-1 x.
  Eigen::VectorXd solve(const Eigen::VectorXd& x) const;
  /// Into `out`: theta + scale W noise.
  void displace(const Eigen::VectorXd& noise, double scale, Eigen::VectorXd& out) const;

  /// What an observation did: for any a, with h = <direction(), a>,
  ///   |a|^2_{V^-1} falls by h^2 shrink, <theta, a> grows by h shift.
  struct Update {
    double squared_norm = 0;  ///< of x, before
    double shrink = 0, shift = 0;
    bool refreshed = false;  ///< everything was computed anew: what others keep should be too
  };
  /// An observation y at x, weight > 0.
  Update add(std::span<const double> x, double y, double weight = 1);
  /// V^-1 x of the last observation, V before it.
  const Eigen::VectorXd& direction() const { return direction_; }

 private:
  void refresh();

  Eigen::MatrixXd root_, precision_;  // of precision_ the lower triangle
  Eigen::VectorXd theta_, target_, image_, direction_;
  double log_det_start_ = 0, log_det_growth_ = 0;
  std::int64_t count_ = 0;
};

/// Lazy switching: says when a determinant has grown by more than a factor since it last said so. Logarithms
/// throughout: determinants overflow.
class LazySwitch {
 public:
  /// growth > 1; from `log_det` on.
  explicit LazySwitch(double growth, double log_det = 0) : step_(std::log(growth)), last_(log_det) {}

  bool due(double log_det) {
    if (!(log_det > last_ + step_)) return false;
    last_ = log_det;
    return true;
  }

 private:
  double step_, last_;
};

}  // namespace bellwether
