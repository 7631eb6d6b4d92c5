#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct PolicyIterationOptions {
  std::string factorisation = "auto";
};

template <class Field>
void describe(PolicyIterationOptions& o, Field&& field) {
  field("factorisation", o.factorisation, one_of({"auto", "dense", "sparse"}),
        "LU of I - discount P: auto takes dense for small or full matrices");
}

/// Howard's policy iteration: evaluate by LU with one step of refinement, improve, keep the present choice unless a
/// better one wins by more than rounding (docs/papers/exact-solvers.md, "Policy iteration"). Values never get worse and
/// |V* - V_k| <= discount^k |V* - V_0|. Certificate: certify() at the last evaluation. Cost: one factorisation an
/// iteration: cheap on chains and grids, cubic on a full matrix, ruinous on large random graphs whose factors fill in
/// (take inexact-policy-iteration there). The factorisation of a larger model
/// runs on a thread of its own, which is abandoned when the observer says stop: the answer is then the one before.
Solution policy_iteration(const Problem& problem, const PolicyIterationOptions& options = {},
                          const SolveOptions& run_options = {});

/// Up to so many states a sparse LU of the policy's system costs less than anything cleverer.
inline bool small_enough_to_factorise(const mdp::TabularMdp& model) { return model.num_states() <= 2000; }

/// The same from a policy of the caller's: one choice a state, counted within the state.
Solution policy_iteration_from(const Problem& problem, std::vector<std::int32_t> choice,
                               const PolicyIterationOptions& options, const SolveOptions& run_options);

}  // namespace bellwether::solvers
