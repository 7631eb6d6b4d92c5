#pragma once

#include <cstdint>

#include <Eigen/Core>
#include <Eigen/LU>

namespace bellwether::solvers {

/// M = ridge I + sum of e d^T with its inverse, by Sherman and Morrison's identity: O(d^2) a term, for terms that need
/// not be symmetric. The inverse is renewed from a factor of M after d, 2 d, 4 d, ... terms and from then on every
/// kRefresh, and where a term makes M nearly singular.
class RankOneInverse {
 public:
  static constexpr std::int64_t kRefresh = 1000;

  /// dimension >= 1, ridge > 0.
  RankOneInverse(int dimension, double ridge);

  void add(const Eigen::Ref<const Eigen::VectorXd>& e, const Eigen::Ref<const Eigen::VectorXd>& d);

  const Eigen::MatrixXd& matrix() const { return matrix_; }
  const Eigen::MatrixXd& inverse() const { return inverse_; }

 private:
  void refresh();

  Eigen::MatrixXd matrix_, inverse_;
  Eigen::PartialPivLU<Eigen::MatrixXd> factor_;
  Eigen::VectorXd left_;
  Eigen::RowVectorXd right_;
  std::int64_t count_ = 0, next_;
};

}  // namespace bellwether::solvers
