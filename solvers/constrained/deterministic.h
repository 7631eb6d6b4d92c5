#pragma once

#include <cstdint>

#include "core/options.h"
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

}  // namespace bellwether::solvers
