#pragma once

#include <cstdint>
#include <span>

#include <Eigen/Core>

#include "core/array.h"

namespace bellwether::mdp {

/// What a learner of a linear model knows of choices: phi(c) in R^d for each of them. In a linear MDP
/// P_h(s' | c) = <phi(c), mu_h(s')> and r_h(c) = <phi(c), theta_h>, with the same phi at all stages.
class FeatureMap {
 public:
  using Matrix = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

  /// One row of `dimension` numbers for each choice. InvalidModel unless they are whole rows of finite numbers.
  FeatureMap(int dimension, Array<double> rows);

  int dimension() const { return dimension_; }
  std::int64_t num_choices() const { return static_cast<std::int64_t>(rows_.size()) / dimension_; }
  std::span<const double> row(std::int64_t choice) const {
    return rows_.view().subspan(static_cast<std::size_t>(choice * dimension_), static_cast<std::size_t>(dimension_));
  }
  /// Choices by dimensions.
  Matrix matrix() const { return {rows_.data(), num_choices(), dimension_}; }
  const Array<double>& rows() const { return rows_; }
  /// The largest Euclidean norm of a row: theorems want 1 at most.
  double largest_norm() const;

 private:
  int dimension_;
  Array<double> rows_;
};

/// A tabular model is a linear one whose features are unit vectors: d = number of choices.
FeatureMap one_hot(std::int64_t choices);

}  // namespace bellwether::mdp
