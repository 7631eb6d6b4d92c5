#pragma once

#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

// Static entropic risk of the return, -(1/beta) log E exp(-beta sum_t discount^t r_t), is the one law-invariant risk
// beside the mean with a Bellman equation that needs no earnings (Howard and Matheson 1972; Hau, Petrik and Ghavamzadeh
// 2023):
//
//   V_t(s) = max_a ERM_{beta discount^t}( r + discount V_{t+1}(s') ),
//
// where the risk aversion shrinks with the stage. A policy of one deterministic choice a state and stage is best.
// Minimised problems: +(1/beta) log E exp(+beta cost), the smallest.

/// Finite horizon (stationary or stage-dependent, discounted or not) and the discounted criterion, which switches to
/// the risk-neutral policy at the stage from which no more than half the tolerance can be lost; `stages` then ends
/// there and `policy` plays on; sooner, with wider bounds, where iterations (of the risk-neutral policy and stages) are
/// fewer. beta > 0; values as Solution says, of the first stage.
Solution plan_for_entropic_risk(const Problem& problem, double beta, const SolveOptions& run = {});

/// The best value in the worst case that has positive probability (beta = infinity), at finite horizon.
Solution plan_for_worst_case(const Problem& problem, const SolveOptions& run = {});

/// What planning for the entropic value at risk answers.
struct EntropicValueSolution {
  Status status = Status::kNotRun;
  std::string note = {};
  /// From the initial distribution.
  double value = std::numeric_limits<double>::quiet_NaN();
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  double gap = std::numeric_limits<double>::infinity();
  double beta =
      std::numeric_limits<double>::quiet_NaN();  ///< the risk aversion whose policy is best; 0 or infinity at the ends
  mdp::StagePolicy stages = {};
  std::int64_t evaluations = 0;
};

/// Entropic value at risk at finite horizon: sup over beta of ERM*_beta + log(level) / beta, a backward induction for
/// each beta. The function of beta has several maxima; branch and bound finds the best. Level in (0, 1].
EntropicValueSolution plan_for_entropic_value_at_risk(const Problem& problem, double level,
                                                      const SolveOptions& run = {});

}  // namespace bellwether::solvers
