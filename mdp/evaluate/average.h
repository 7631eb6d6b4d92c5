#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "mdp/evaluate/policy_chain.h"

namespace bellwether::mdp {

/// Long-run average and bias of a policy, for chains of any structure.
struct AverageEvaluation {
  Evaluation gain;  ///< lim (1/T) E[r_0 + ... + r_(T-1)] from each state; constant in a recurrent class
  /// h with gain + h = r + P h, 0 in the smallest state of each recurrent class: h(s) - h(s') is how much more is
  /// earned in the long run from s than from s' of the same class. For a chain without periods, h differs by a constant
  /// a class (weighted by absorption in transient states) from the limit of E[sum of (r_t - gain)].
  Evaluation bias;
  RecurrentClasses classes;
};

/// docs/papers/policy-evaluation.md, "Average reward". Certificate: both errors are proven state by state. Cost: one
/// factorisation for each recurrent class and one for the transient states.
AverageEvaluation evaluate_average(const PolicyChain& chain, std::string_view column = {});

/// The probability, from each state, of ending in recurrent class number `index` of `classes`.
Evaluation absorption_probability(const PolicyChain& chain, const RecurrentClasses& classes, int index);

/// Gain and bias of one recurrent class.
struct ClassAverage {
  double gain = 0, gain_error = 0;
  Eigen::VectorXd bias, bias_error;  ///< of each member, 0 for the first
};

/// Room that all classes of a chain share, so that each costs what its own size asks for.
struct ClassScratch {
  explicit ClassScratch(int states)
      : number(static_cast<std::size_t>(states), -1), h(static_cast<std::size_t>(states), 0.0) {}
  std::vector<std::int32_t> number;
  std::vector<double> h;
};

/// `step` are the expected values of a step in every state of the chain (PolicyChain::step_values).
ClassAverage average_of_class(const PolicyChain& chain, std::span<const std::int32_t> members, const Evaluation& step,
                              ClassScratch& scratch);

}  // namespace bellwether::mdp
