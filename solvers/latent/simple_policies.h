#pragma once

#include <cstdint>

#include "core/options.h"
#include "solvers/latent/problem.h"
#include "solvers/latent/solution.h"

namespace bellwether::solvers {

struct MemorylessOptions {
  std::int64_t most_policies = 20'000;
  int restarts = 8;
};

template <class Field>
void describe(MemorylessOptions& o, Field&& field) {
  field("most_policies", o.most_policies, at_least(1), "policies to enumerate; if there are more, local search");
  field("restarts", o.restarts, at_least(0), "random starts of the local search");
}

/// The best deterministic policy that looks at the last observation alone (and at the stage, at finite horizon): by
/// enumeration, or by local search from several starts, changing one choice at a time; the note says which. Finding the
/// best one is NP-hard (Littman 1994). Certificate: lower is its exact value, upper the fast informed bound.
LatentSolution memoryless(const LatentProblem& problem, const MemorylessOptions& options = {},
                          const SolveOptions& run = {});

struct OpenLoopOptions {
  std::int64_t most_nodes = 2'000'000;
};

template <class Field>
void describe(OpenLoopOptions& o, Field&& field) {
  field("most_nodes", o.most_nodes, at_least(1), "beginnings of sequences to look at");
}

/// Finite horizon: the best fixed sequence of actions, which looks at nothing, by branch and bound under the fast
/// informed bound. InvalidModel when states differ in their actions. Certificate: lower is its exact value, upper the
/// fast informed bound of the problem (not the best of its kind).
LatentSolution open_loop(const LatentProblem& problem, const OpenLoopOptions& options = {},
                         const SolveOptions& run = {});

}  // namespace bellwether::solvers
