#pragma once

#include "core/options.h"
#include "solvers/latent/problem.h"
#include "solvers/latent/solution.h"

namespace bellwether::solvers {

struct HsviOptions {
  std::int64_t most_trials = 1'000'000;
};

template <class Field>
void describe(HsviOptions& o, Field&& field) {
  field("most_trials", o.most_trials, at_least(1), "trials at most");
}

/// Heuristic search value iteration (Smith and Simmons 2004, 2005; docs/papers/pomdps.md, "HSVI"): trials follow the
/// choice that the upper bound likes best and the message whose bounds lie furthest apart, and back both bounds up on
/// the way home. Lower bound: alpha vectors, each the value of a controller. Upper bound: the fast informed bound at
/// the corners, then the sawtooth of the beliefs visited. Discounted and finite horizon; stops when upper - lower at
/// the start is within the tolerance. Certificate: both bounds are proven at every moment, rounding included. Cost: a
/// trial looks at every vector and belief kept for each message of each choice along its path.
LatentSolution hsvi(const LatentProblem& problem, const HsviOptions& options = {}, const SolveOptions& run = {});

}  // namespace bellwether::solvers
