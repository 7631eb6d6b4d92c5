#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <Eigen/Core>

#include "core/alias_table.h"
#include "core/stream.h"
#include "mdp/simulate/policy_sampler.h"
#include "mdp/simulate/simulator.h"
#include "solvers/linear/exact.h"
#include "solvers/linear/predictor.h"

namespace bellwether::solvers {

/// A policy to be evaluated from plays of another (or of itself), with the exact answers. Immutable: many plays share
/// one.
class PredictionTask {
 public:
  /// See feature_chain() for what is thrown. `start`: the first weights, zero when empty.
  PredictionTask(const mdp::TabularMdp& model, const mdp::Policy& target, const mdp::Policy& behaviour,
                 const mdp::FeatureMap& features, double discount, std::vector<double> start = {});

  const FeatureChain& chain() const { return chain_; }
  const TdMoments& moments() const { return moments_; }  ///< at lambda = 0
  const Eigen::VectorXd& values() const { return values_; }
  const Eigen::VectorXd& fixed_point() const { return fixed_point_; }  ///< of TD(0)
  const Eigen::VectorXd& start() const { return start_; }
  double discount() const { return chain_.discount; }

 private:
  friend class PredictionPlay;

  mdp::Simulator simulator_;
  mdp::PolicySampler behaviour_;
  FeatureChain chain_;
  TdMoments moments_;
  Eigen::VectorXd values_, fixed_point_, start_;
  std::vector<char> end_;
  AliasTable restart_, anywhere_;
  std::vector<double> ratio_;  ///< of each choice
  Eigen::MatrixXd columns_;    ///< features, a column a state; zero for end states
};

/// A play of the behaviour policy: what predictors learn from. Does not allocate after its construction.
class PredictionPlay {
 public:
  enum class Order {
    kTrajectory,  ///< one step after the other, episode after episode
    kIndependent  ///< each step begins in a state drawn from D
  };

  /// Refers to the task.
  PredictionPlay(const PredictionTask& task, const Stream& stream, Order order = Order::kTrajectory);

  /// Valid until the task goes.
  FeatureStep step();

 private:
  const PredictionTask& task_;
  Stream stream_;
  Order order_;
  std::int32_t state_;
};

}  // namespace bellwether::solvers
