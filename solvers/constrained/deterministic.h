#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers {

struct DeterministicOptions {
  std::int64_t nodes = 100'000;
};

template <class Field>
void describe(DeterministicOptions& o, Field&& field) {
  field("nodes", o.nodes, at_least(1), "programs solved at most");
}

/// The best deterministic stationary policy of a discounted problem that keeps to the budgets, by branch and bound on
/// the states where the linear program randomises (docs/papers/constrained-mdps.md, "Deterministic policies"). The
/// problem is NP-hard: small models. Certificate: `optimum` encloses the best value among deterministic policies; nodes
/// are closed by bounds checked in rounded-outwards arithmetic from the program's multipliers, never by its own word.
/// The multipliers reported are those of the randomised problem. kInfeasible without a proof (`infeasibility`) means
/// that only randomised policies keep to the budgets.
ConstrainedSolution deterministic(const ConstrainedProblem& problem, const DeterministicOptions& options = {},
                                  const SolveOptions& run = {});

namespace constrained {

/// Every policy of a discounted problem that takes no forbidden choice is worth at most this (V_r, to be maximised,
/// less sum y_i (V_ci - d_i); without `with_reward` the reward is 0), whatever `value` (one a state) and y are;
/// infinity unless they are numbers and y >= 0:
///   initial . value + max over allowed choices of (r - sum y c + discount P value - value)+ / (1 - discount)
///   + sum y limit,   rounded outwards.
double relaxation_bound(const Lagrangian& on, const std::vector<double>& value, const std::vector<double>& y,
                        const std::vector<char>& forbidden, bool with_reward);

/// What solves the program without the forbidden choices.
using NodeProgram = std::function<OccupancyProgram::Answer(const Lagrangian& on, const std::vector<char>& forbidden,
                                                           const lp::LpOptions& options)>;

/// deterministic() with programs of your own. Whatever they answer, no policy that may keep to the budgets is worth
/// more than `optimum` says.
ConstrainedSolution deterministic_by(const NodeProgram& program, const ConstrainedProblem& problem,
                                     const DeterministicOptions& options, const SolveOptions& run);

}  // namespace constrained

}  // namespace bellwether::solvers
