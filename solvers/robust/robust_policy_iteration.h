#pragma once

#include "core/options.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers {

struct PartialPolicyIterationOptions : RobustOptions {
  double exponent = 1.5;
  double first = 0.1;
  int sweeps = 100;
  bool solves = true;
};

template <class Field>
void describe(PartialPolicyIterationOptions& o, Field&& field) {
  describe(static_cast<RobustOptions&>(o), field);
  field("exponent", o.exponent, above(1), "c: each evaluation is discount^c times as accurate as the one before");
  field("first", o.first, inside(0, 1), "accuracy of an evaluation at most this share of the improvement before it");
  field("sweeps", o.sweeps, at_least(1), "evaluation sweeps before linear solves");
  field("solves", o.solves, any_value(), "nature's policy iteration with linear solves where sweeps are slow");
}

/// Partial policy iteration (Ho, Petrik and Wiesemann 2021): improve, then evaluate the policy against nature to an
/// accuracy that shrinks faster than the discount, which keeps the linear rate of value iteration whatever the
/// evaluation does beyond that. Stopped by MacQueen's bounds of the improvements. All sets.
RobustSolution partial_policy_iteration(const RobustProblem& problem, const PartialPolicyIterationOptions& options = {},
                                        const SolveOptions& run = {});

struct RobustModifiedPolicyIterationOptions : RobustOptions {
  int sweeps = 100;
  double forcing = 0.1;
};

template <class Field>
void describe(RobustModifiedPolicyIterationOptions& o, Field&& field) {
  describe(static_cast<RobustOptions&>(o), field);
  field("sweeps", o.sweeps, at_least(1), "evaluation sweeps between two improvements at most; 1 is value iteration");
  field("forcing", o.forcing, between(0, 1),
        "evaluation ends early once the span of its change is this share of the improvement's; 0 never");
}

/// Robust modified policy iteration (Kaufman and Schaefer 2013): improve, then a number of sweeps in which nature
/// answers the policy anew each time. All sets. Stopped as the others.
RobustSolution robust_modified_policy_iteration(const RobustProblem& problem,
                                                const RobustModifiedPolicyIterationOptions& options = {},
                                                const SolveOptions& run = {});

struct RobustPolicyIterationOptions : RobustOptions {};

/// Robust policy iteration: each policy is evaluated against nature to the end, by nature's own policy iteration with
/// linear solves. Improving the pair of policies at once, from one linear solve, may cycle; this cannot. Models of up
/// to 20,000 states (InvalidOption beyond). Immune to discounts near one.
RobustSolution robust_policy_iteration(const RobustProblem& problem, const RobustPolicyIterationOptions& options = {},
                                       const SolveOptions& run = {});

}  // namespace bellwether::solvers
