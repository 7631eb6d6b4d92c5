#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/options.h"
#include "core/solve.h"
#include "solvers/linear/sample_batch.h"

namespace bellwether::solvers {

/// LSTD-Q: the w with A w = b,
///   A = ridge I + sum of weight phi(c) (phi(c) - g phi(s', pi(s')))^T,  b = sum of weight phi(c) r,
/// for the policy that plays `choice_of_state` (counted within each state). With tables and samples of everything
/// Phi w = Q^pi of the model that was seen. NaN where A is singular. docs/papers/linear-function-approximation.md, (6).
Eigen::VectorXd lstd_q(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features,
                       const SampleBatch& batch, double discount, std::span<const std::int32_t> choice_of_state,
                       double ridge);

struct LspiOptions {
  double ridge = 1e-8;
  int iterations = 50;
  double tolerance = 1e-6;
};

template <class Field>
void describe(LspiOptions& o, Field&& field) {
  field("ridge", o.ridge, at_least(0), "on the diagonal of A, times the mean of the diagonal of its features");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most");
  field("tolerance", o.tolerance, at_least(0), "change of the weights at which to stop");
}

struct LspiResult {
  /// kConverged: the last policy is greedy for its own values. kBudgetExhausted: not so, by chance or because policies
  /// come round again. kNumericalTrouble: A was singular; the answer is the one before.
  Status status = Status::kNotRun;
  Eigen::VectorXd weights = {};
  std::vector<std::int32_t> policy = {};  ///< greedy for the weights
  int iterations = 0;
  int cycle = 0;     ///< how many policies take turns; 0 when none do
  double ridge = 0;  ///< what was added to the diagonal
};

/// LSPI (Lagoudakis and Parr 2003): evaluate by LSTD-Q, play greedily, until weights or policies repeat. Rewards are
/// maximised; the first policy is the first choice everywhere. Cost of an iteration: (entries + choices d) d + d^3.
LspiResult lspi(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features, const SampleBatch& batch,
                double discount, const LspiOptions& options = {});

}  // namespace bellwether::solvers
