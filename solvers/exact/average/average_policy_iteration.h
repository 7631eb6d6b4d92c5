#pragma once

#include <cstdint>
#include <vector>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct AveragePolicyIterationOptions {
  double margin = 1e-11;
};

template <class Field>
void describe(AveragePolicyIterationOptions& o, Field&& field) {
  field("margin", o.margin, between(0, 1e-3),
        "a choice is replaced only when another is better by this share of the largest gain or bias");
}

/// Howard's policy iteration for the average reward, unichain and multichain (docs/papers/average-reward.md): improves
/// the gain where it can, else the bias. Certificate: one backup of the bias inside each maximal end component and the
/// proven choice among them. `value` is the gain of each state, `bias` that of the last policy, which is 0 in the
/// smallest state of each of its recurrent classes. Cost: a sparse LU an iteration; a handful of iterations.
Solution average_policy_iteration(const Problem& problem, const AveragePolicyIterationOptions& options = {},
                                  const SolveOptions& run = {});

/// The same from a policy of the caller's: one model-wide choice number a state.
Solution average_policy_iteration_from(const Problem& problem, std::vector<std::int64_t> choice,
                                       const AveragePolicyIterationOptions& options, const SolveOptions& run);

}  // namespace bellwether::solvers
