#pragma once

#include <string>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

// Undiscounted problems: optimal probabilities of reaching a target (kReach) and total rewards until the play ends
// (kTotal), maximised or minimised, rewards of any sign. The page is docs/papers/total-reward.md.
//
// All five solvers decide what the graph can decide (probability 0 and 1, infinite values), shrink the end components
// that would make the equations ambiguous, and return proven bounds: lower <= V* <= upper at every state, rounding
// included, the returned policy between them as well. Difference-stopped value iteration, which has no such proof, is
// not offered.
//
// Infinite values are stated where they are proven (value = lower = upper = +-infinity); the status is kUnbounded, or
// kInfeasible when no policy reaches the goal surely, if the expected value from the initial distribution is infinite,
// also in a run that was stopped early.
// Total rewards that are not well defined (a component in which gains and losses balance for ever) throw InvalidModel.

/// What the solvers share.
struct TotalOptions {
  /// Must a play reach the named goal? "yes": only policies that do so surely count (a cost is infinite where there
  /// is none). "no": the goal ends the play, and a play that never meets it is worth what it collects.
  /// "auto": yes when minimising, no when maximising. Without a goal: no.
  std::string must_reach_goal = "auto";
  bool relative = false;  ///< the tolerance is a share of each state's value, for values far below one
};

template <class Field>
void describe(TotalOptions& o, Field&& field) {
  field("must_reach_goal", o.must_reach_goal, one_of({"auto", "yes", "no"}),
        "only policies that reach the goal surely count (auto: when minimising)");
  field("relative", o.relative, any_value(), "the tolerance is relative to each state's value");
}

struct IntervalIterationOptions : TotalOptions {};

/// Interval iteration (Haddad and Monmege): Gauss-Seidel sweeps from below and above over the whole model, states
/// in reverse topological order. Sound everywhere, but needs about 2^n sweeps on chains built to hurt it: after 100,000
/// sweeps it leaves up to 50,000 states to policy iteration.
Solution interval_iteration(const Problem& problem, const IntervalIterationOptions& options = {},
                            const SolveOptions& run = {});

struct OptimisticValueIterationOptions : TotalOptions {};

/// Optimistic value iteration (Hartmanns and Kaminski): sweeps from below, then an upper bound that is guessed and
/// proven inductive. About half the work of interval iteration where both are quick; as patient.
Solution optimistic_value_iteration(const Problem& problem, const OptimisticValueIterationOptions& options = {},
                                    const SolveOptions& run = {});

struct TotalTopologicalOptions : TotalOptions {};

/// Interval iteration component by component, sinks first: each transition outside cycles is read once.
Solution total_topological_value_iteration(const Problem& problem, const TotalTopologicalOptions& options = {},
                                           const SolveOptions& run = {});

struct TotalPolicyIterationOptions : TotalOptions {};

/// Policy iteration component by component, from a policy that ends the play, with sparse LU; both bounds are proven
/// by induction afterwards. Immune to slow mixing: bounds are about (expected steps) x 1e-15 x |value| wide.
Solution total_policy_iteration(const Problem& problem, const TotalPolicyIterationOptions& options = {},
                                const SolveOptions& run = {});

struct TotalAutoOptions : TotalOptions {
  int direct_up_to = 300;        ///< components up to this size go straight to policy iteration
  int optimistic_sweeps = 2000;  ///< what larger ones may try first
};

template <class Field>
void describe(TotalAutoOptions& o, Field&& field) {
  describe(static_cast<TotalOptions&>(o), field);
  field("direct_up_to", o.direct_up_to, at_least(0),
        "components up to this many states are solved by policy iteration");
  field("optimistic_sweeps", o.optimistic_sweeps, at_least(0),
        "sweeps of optimistic value iteration that a larger component may take before policy iteration");
}

/// Component by component: one backup where there is no cycle, policy iteration with LU in small components,
/// optimistic value iteration in large ones and policy iteration where that does not close.
Solution total_auto(const Problem& problem, const TotalAutoOptions& options = {}, const SolveOptions& run = {});

/// The meaning of `must_reach_goal` for a problem.
bool must_reach_goal(const Problem& problem, const TotalOptions& options);

}  // namespace bellwether::solvers
