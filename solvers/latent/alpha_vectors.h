#pragma once

#include "core/options.h"
#include "solvers/latent/problem.h"
#include "solvers/latent/solution.h"

namespace bellwether::solvers {

struct AlphaVectorsOptions {
  int most_vectors = 2000;
};

template <class Field>
void describe(AlphaVectorsOptions& o, Field&& field) {
  field("most_vectors", o.most_vectors, at_least(1), "vectors of one cell and stage; with more the run ends");
}

/// Value iteration on sets of alpha vectors with incremental pruning (Cassandra, Littman and Zhang 1997;
/// docs/papers/pomdps.md, "Alpha vectors"): exact at every belief, not only at those that can be reached. Finite
/// horizon, or discounted until discount^n (highest - lowest reward) / (1 - discount) is below the tolerance.
/// Certificate: rounding, what pruning lost by the mixtures it kept, and the tail. Cost: exponential at worst in the
/// places of a cell; each pruning solves a linear program a vector when cells have three places or more.
LatentSolution alpha_vectors(const LatentProblem& problem, const AlphaVectorsOptions& options = {},
                             const SolveOptions& run = {});

}  // namespace bellwether::solvers
