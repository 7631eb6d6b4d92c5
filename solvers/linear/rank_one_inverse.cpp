#include "solvers/linear/rank_one_inverse.h"

#include <algorithm>
#include <cmath>

namespace bellwether::solvers {

RankOneInverse::RankOneInverse(int dimension, double ridge)
    : matrix_(ridge * Eigen::MatrixXd::Identity(dimension, dimension)),
      inverse_(Eigen::MatrixXd::Identity(dimension, dimension) / ridge),
      factor_(dimension),
      left_(dimension),
      right_(dimension),
      next_(dimension) {}

void RankOneInverse::add(const Eigen::Ref<const Eigen::VectorXd>& e, const Eigen::Ref<const Eigen::VectorXd>& d) {
  matrix_.noalias() += e * d.transpose();
  left_.noalias() = inverse_ * e;
  right_.noalias() = d.transpose() * inverse_;
  const double pivot = 1 + d.dot(left_);
  // Below this share of its terms the pivot has lost more than half of its digits; what is not finite was singular.
  const bool sound = std::isfinite(pivot) && std::abs(pivot) >= 1e-8 * (1 + d.norm() * left_.norm());
  if (++count_ == next_ || !sound) {
    refresh();
    return;
  }
  left_ /= pivot;
  inverse_.noalias() -= left_ * right_;
}

void RankOneInverse::refresh() {
  factor_.compute(matrix_);
  for (Eigen::Index i = 0; i < inverse_.cols(); ++i) {  // by columns: factor_.inverse() asks for memory
    left_.setZero();
    left_[i] = 1;
    inverse_.col(i) = factor_.solve(left_);
  }
  if (count_ >= next_) next_ = count_ + std::min(count_, kRefresh);
}

}  // namespace bellwether::solvers
