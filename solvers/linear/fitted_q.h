#pragma once

#include <limits>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/options.h"
#include "core/solve.h"
#include "solvers/linear/sample_batch.h"

namespace bellwether::solvers {

struct FittedQOptions {
  double ridge = 1e-8;
  std::int64_t iterations = 1000;
  double tolerance = 1e-9;
  bool clip = true;
};

template <class Field>
void describe(FittedQOptions& o, Field&& field) {
  field("ridge", o.ridge, at_least(0), "on the diagonal, times the mean of the diagonal of the features");
  field("iterations", o.iterations, at_least(1), "fits at most");
  field("tolerance", o.tolerance, at_least(0), "largest change of a value between two fits at which to stop");
  field("clip", o.clip, any_value(), "keep values of next states within what rewards allow");
}

struct FittedQResult {
  /// kConverged: the last fit changed no value by more than the tolerance; kBudgetExhausted; kNumericalTrouble: values
  /// grew beyond all numbers, or the features of the samples are not of full rank and the ridge is 0.
  Status status = Status::kNotRun;
  Eigen::VectorXd weights = {};
  std::vector<std::int32_t> policy = {};  ///< greedy for the weights, counted within each state
  std::int64_t iterations = 0;
  double change = std::numeric_limits<double>::infinity();  ///< of the last fit
  double ridge = 0;                                         ///< what was added to the diagonal
};

/// Fitted Q iteration (Ernst, Geurts and Wehenkel 2005) with linear functions, from w = 0:
///   w <- argmin of sum of weight (phi(c) w - r - g max over c' of clip(phi(s', c') w))^2 + ridge |w|^2,
/// clip to [least reward, largest reward] / (1 - g) of the batch. One factor serves all fits. Rewards are maximised.
/// With tables and samples of everything a fit is a sweep of value iteration on the model that was seen.
/// docs/papers/linear-function-approximation.md, (7). Cost of a fit: entries + choices d + d^2.
FittedQResult fitted_q(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features,
                       const SampleBatch& batch, double discount, const FittedQOptions& options = {});

}  // namespace bellwether::solvers
