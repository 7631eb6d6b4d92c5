#pragma once

#include <span>

#include <Eigen/Core>

namespace bellwether::mdp {

/// Numbers, one a state, with a proven bound on the error of each: |value[s] - truth| <= error[s], rounding included.
/// The truth is that of probabilities (of rows and of policies) divided by their sum and of rewards and a discount
/// within half a unit in the last place of the stored ones. An infinite error says that nothing could be proven.
struct Evaluation {
  Eigen::VectorXd value;
  Eigen::VectorXd error;

  /// The largest error.
  double gap() const { return error.size() == 0 ? 0 : error.maxCoeff(); }
  /// The mean over a distribution of states.
  double expected(std::span<const double> distribution) const {
    return value.dot(Eigen::Map<const Eigen::VectorXd>(distribution.data(), value.size()));
  }
};

}  // namespace bellwether::mdp
