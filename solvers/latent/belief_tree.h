#pragma once

#include <cstdint>

#include "core/options.h"
#include "solvers/latent/problem.h"
#include "solvers/latent/solution.h"

namespace bellwether::solvers {

struct BeliefTreeOptions {
  std::int64_t most_beliefs = 2'000'000;
};

template <class Field>
void describe(BeliefTreeOptions& o, Field&& field) {
  field("most_beliefs", o.most_beliefs, at_least(1), "beliefs to look at; what lies beyond is bounded, not solved");
}

/// Finite horizon, exact: W_h(b, x) = max_k [ b . r_k + discount sum over messages of W_{h+1}(b after the message) ]
/// over all beliefs that can be reached, each looked at once a stage (docs/papers/latent-mdps.md, "Belief tree").
/// Certificate: rounding, the merging of beliefs that agree to 2^-44, and the relaxed values of what was left out.
/// Cost: the number of different beliefs, (choices x messages)^horizon at worst, times their rows.
LatentSolution belief_tree(const LatentProblem& problem, const BeliefTreeOptions& options = {},
                           const SolveOptions& run = {});

}  // namespace bellwether::solvers
