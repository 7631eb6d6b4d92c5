#pragma once

#include "core/options.h"
#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers {

struct DualBisectionOptions {
  bool secant = true;
};

template <class Field>
void describe(DualBisectionOptions& o, Field&& field) {
  field("secant", o.secant, any_value(),
        "try where the lines of the two policies around the multiplier cross before halving");
}

/// One budget: searches for the multiplier by the sign of the best policy's excess and mixes the occupancies of the two
/// policies around it (docs/papers/constrained-mdps.md, "Dual search"). Certificate: the least dual value met from
/// above, the exactly evaluated policy from below. Cost: one exact solve a step; lines make that a handful.
/// InvalidOption with several budgets.
ConstrainedSolution dual_bisection(const ConstrainedProblem& problem, const DualBisectionOptions& options = {},
                                   const SolveOptions& run = {});

struct BundleOptions {
  double caution = 0.5;
};

template <class Field>
void describe(BundleOptions& o, Field&& field) {
  field("caution", o.caution, {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_high = true},
        "how far towards the best multipliers so far each next one is drawn; 0: Kelley's cutting planes");
}

/// Any number of budgets: cutting planes of the dual function, which is the linear program over mixtures of the
/// policies met so far (docs/papers/constrained-mdps.md, "Cutting planes"). Certificate as above. Cost: one exact solve
/// and one evaluation a step, each started from the values of the step before; some ten steps a budget.
ConstrainedSolution bundle(const ConstrainedProblem& problem, const BundleOptions& options = {},
                           const SolveOptions& run = {});

}  // namespace bellwether::solvers
