#pragma once

#include <vector>

#include <Eigen/Core>

#include "mdp/tabular_mdp.h"
#include "solvers/problem.h"

namespace bellwether::solvers::mirror {

/// A problem whose rewards are mapped to [0, 1] and which is to be maximised: the theorems on gradient and mirror
/// methods, and so their step sizes, are stated for such rewards. Values there and back differ by a factor and a
/// constant a step, policies are the same. For kDiscounted and kFinite.
class UnitProblem {
 public:
  explicit UnitProblem(const Problem& problem);

  const mdp::TabularMdp& model() const { return stages_.front(); }
  const mdp::TabularMdp& stage(int h) const {
    return stages_.size() == 1 ? model() : stages_[static_cast<std::size_t>(h)];
  }
  int num_models() const { return static_cast<int>(stages_.size()); }  ///< 1, or one a stage
  double discount() const { return discount_; }
  int horizon() const { return horizon_; }

  /// One unit of reward here is so much in the problem: its range of rewards (1 when they are all the same).
  double scale() const { return scale_; }

  /// Values of a discounted problem in its own units and direction.
  Eigen::VectorXd problem_values(const Eigen::VectorXd& v) const;

 private:
  std::vector<mdp::TabularMdp> stages_;
  double discount_, sign_, low_ = 0, scale_ = 1;
  int horizon_;
};

/// 1 + discount + ... + discount^(steps - 1): the largest sum of so many rewards from [0, 1].
double longest_return(double discount, int steps);

}  // namespace bellwether::solvers::mirror
