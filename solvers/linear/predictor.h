#pragma once

#include <Eigen/Core>

namespace bellwether::solvers {

/// A step of a play, as linear functions see it.
struct FeatureStep {
  Eigen::Ref<const Eigen::VectorXd> from, to;  ///< features of the states; `to` is zero where an episode ends
  double reward = 0;
  double ratio = 1;   ///< target over behaviour: how much more likely the target policy makes the choice
  bool last = false;  ///< the next step belongs to another play
};

/// What learns the value of a policy from single steps, in constant memory and without allocating any on its way.
class Predictor {
 public:
  virtual ~Predictor() = default;

  virtual void learn(const FeatureStep& step) = 0;
  /// The estimate: values are Phi weights().
  virtual const Eigen::VectorXd& weights() = 0;
};

}  // namespace bellwether::solvers
