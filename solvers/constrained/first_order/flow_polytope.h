#pragma once

#include <Eigen/Core>

#include "solvers/constrained/first_order/game.h"

namespace bellwether::solvers::constrained {

/// The occupancy measures of a small discounted model, normalised to sum to one: x >= 0 with
/// sum_a x(s, a) - discount sum P(s | s', a') x(s', a') = (1 - discount) initial(s).
class FlowPolytope {
 public:
  /// InvalidOption, naming the method, beyond 400 states or 4000 choices: projections are dense.
  FlowPolytope(const Game& game, std::string_view method);

  /// argmin over x in the polytope of |x - z|^2.
  Eigen::VectorXd nearest(const Eigen::VectorXd& z);
  /// argmin of sum x log(x / z) - x + z, for z = exp(log_z) > 0; the logarithm of the answer.
  Eigen::VectorXd nearest_in_entropy(const Eigen::VectorXd& log_z);

  /// The largest violation of a flow equation or of x >= 0.
  double distance(const Eigen::VectorXd& x) const;

 private:
  template <class Link>
  Eigen::VectorXd project(const Link& link);

  Eigen::MatrixXd flow_;  ///< one row a state, one column a choice
  Eigen::VectorXd right_;
  Eigen::VectorXd price_;  ///< of the flow equations, where the next projection begins
};

}  // namespace bellwether::solvers::constrained
