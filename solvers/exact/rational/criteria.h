#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/exact/rational/model_view.h"
#include "solvers/exact/rational/rational_result.h"
#include "solvers/problem.h"

namespace bellwether::solvers::rational {

// Exact rational certification (docs/papers/exact-certificates.md) for arrays that are known to form a model. A
// policy gives a local choice index for each state. Each function evaluates the policy exactly, tests every choice
// exactly, and where a choice is better makes an exact policy-iteration step, so that the policy it returns is proven
// optimal for the numbers as read (number_reading.h). Cost: for a strongly connected class of n states with b-bit rows,
// some n b / 31 solves with factors modulo a prime; InvalidOption when that is above the limits.

/// V(s) = best_c r + discount P V; V >= T V and V attained by a policy is the proof.
RationalResult certify_discounted(const ModelView& model, double discount, Direction direction,
                                  std::span<const std::int32_t> policy, const RationalOptions& options = {});

/// Sum of rewards until a target state is entered (or, elsewhere, until rewards end). The policy must end surely in the
/// target or in classes without reward (InvalidOption otherwise). A better value that no policy bounds gives
/// kUnbounded. Proof of maximality: V >= T V, V attained, and no end component of exactly tied choices outside the
/// target on which V is negative (staying there would be worth 0); with `proper_only` the last condition is not needed.
RationalResult certify_total(const ModelView& model, std::span<const std::int32_t> target, Direction direction,
                             std::span<const std::int32_t> policy, const RationalOptions& options = {});

/// Probability of reaching the target; rewards are ignored. Any policy will do.
RationalResult certify_reach(const ModelView& model, std::span<const std::int32_t> target, Direction direction,
                             std::span<const std::int32_t> policy, const RationalOptions& options = {});

/// Long-run reward a step, by exact multichain policy iteration: g >= P g for all choices, and g + h >= r + P h for
/// those with P g = g. The bias is 0 in the first state of each recurrent class of the policy.
RationalResult certify_average(const ModelView& model, Direction direction, std::span<const std::int32_t> policy,
                               const RationalOptions& options = {});

/// Backward induction over the rationals, which needs no policy; `stages` holds one model for all stages or one each.
RationalResult solve_finite(std::span<const ModelView> stages, int horizon, double discount, Direction direction,
                            const RationalOptions& options = {});

}  // namespace bellwether::solvers::rational
