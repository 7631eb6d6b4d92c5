#pragma once

#include <string>

#include "core/options.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers {

struct RobustIntervalIterationOptions : RobustOptions {
  std::string must_reach_goal = "auto";
  bool relative = false;
};

template <class Field>
void describe(RobustIntervalIterationOptions& o, Field&& field) {
  describe(static_cast<RobustOptions&>(o), field);
  field("must_reach_goal", o.must_reach_goal, one_of({"auto", "yes", "no"}),
        "only policies that reach the goal surely count (auto: when minimising)");
  field("relative", o.relative, any_value(), "the tolerance is relative to each state's value");
}

/// Probabilities of reaching a target and total rewards of interval models, by sweeps from below and above that both
/// stay proven bounds (Haddad and Monmege 2018). Lower bounds on probabilities must be positive, so that the graph is
/// the same whatever nature does: then probabilities zero and one, infinite totals and end components are facts of the
/// graph, and end components without rewards are shrunk as in models without intervals. Rewards of a total must have
/// one sign (InvalidModel otherwise); infinite values are stated as by the planners of docs/papers/total-reward.md.
/// Cost: two answers of nature for each choice a sweep; as many sweeps as the play has steps, times the digits wanted.
RobustSolution robust_interval_iteration(const RobustProblem& problem,
                                         const RobustIntervalIterationOptions& options = {},
                                         const SolveOptions& run = {});

}  // namespace bellwether::solvers
