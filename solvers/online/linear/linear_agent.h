#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <Eigen/Core>

#include "mdp/linear/feature_map.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

/// What learners of linear models share: Q of every stage and choice, kept within [0, H - h], and its greedy policy.
class LinearAgent : public EpisodicAgent {
 public:
  explicit LinearAgent(const EpisodicWorld& world);

  double q(int stage, std::int64_t choice) const { return q_(choice, stage); }
  double value(int stage, int state) const { return values_(state, stage); }

 protected:
  const EpisodicWorld& world() const { return world_; }
  /// Q of a stage, by choices: what settle() reads.
  Eigen::MatrixXd::ColXpr q(int stage) { return q_.col(stage); }
  /// V_h by states; stage H is worth 0.
  const double* values(int stage) const { return values_.col(stage).data(); }
  /// r_h(c), known.
  double mean_reward(int stage, std::int64_t choice) const {
    return world_.mean_reward[static_cast<std::size_t>(world_.row(stage, choice))];
  }
  /// Clips Q of the stage, takes V_h and the first of the best choices; with probability epsilon a uniform one is
  /// played.
  void settle(int stage, double epsilon = 0);

 private:
  EpisodicWorld world_;
  Eigen::MatrixXd q_, values_;
};

/// The features of a world's choices, or unit vectors. InvalidOption when `matrices` square ones of that size do not
/// fit into a gigabyte.
std::shared_ptr<const mdp::FeatureMap> features_of(const EpisodicWorld& world, int matrices);

}  // namespace bellwether::online
