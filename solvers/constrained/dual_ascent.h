#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers {

struct DualAscentOptions {
  std::int64_t iterations = 10'000;
  std::string rule = "polyak";
  double step = 0;
};

template <class Field>
void describe(DualAscentOptions& o, Field&& field) {
  field("iterations", o.iterations, at_least(1), "steps at most, one exact solve each");
  field("rule", o.rule, one_of({"polyak", "square-root"}),
        "length of a step: polyak, the distance of the dual value from the best policy known over |excess|^2; "
        "square-root, R / (largest |excess| sqrt k)");
  field("step", o.step, at_least(0),
        "R of the square-root rule, how far the best multipliers are from zero, each times the most its cost can come "
        "to; 0: the bound that a safe policy gives");
}

/// Any number of budgets: multipliers by projected subgradients of the dual function, the policy by the mean occupancy
/// of the policies planned along the way, weighted by the steps (docs/papers/constrained-mdps.md, "Dual ascent").
/// Certificate: the least dual value met from above; from below the mean of the last iterations, mixed with a safe
/// policy until it provably keeps to the budgets. `infeasible_by` says what the mean itself exceeded. Cost: one exact
/// solve a step, started from the values of the step before, and one evaluation where its policy is new.
ConstrainedSolution dual_ascent(const ConstrainedProblem& problem, const DualAscentOptions& options = {},
                                const SolveOptions& run = {});

namespace constrained {

/// How the multipliers u, each times the most its cost can come to, follow the excesses over the limits in these units.
using DualStep = std::function<void(std::vector<double>& u, const std::vector<double>& excess, double step)>;

/// [u + step excess]+.
void projected_step(std::vector<double>& u, const std::vector<double>& excess, double step);

/// dual_ascent() with a step of your own, which proves nothing unless it keeps the multipliers at 0 at least.
ConstrainedSolution dual_ascent_by(const DualStep& move, const ConstrainedProblem& problem,
                                   const DualAscentOptions& options, const SolveOptions& run);

}  // namespace constrained

}  // namespace bellwether::solvers
