#pragma once

#include <cstdint>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct AnchoredValueIterationOptions {};

template <class Field>
void describe(AnchoredValueIterationOptions&, Field&&) {}

/// Anchored (Halpern) value iteration V_k = b_k V_0 + (1 - b_k) T V_{k-1}, V_0 = 0, of Lee and Ryu (2023)
/// (docs/papers/exact-solvers.md, "Anchored value iteration"): its worst case is the best possible up to a factor of
/// four, about 1/k where plain value iteration has only discount^k. Certificate: certify() at the last backup. Cost:
/// one pass an iteration.
Solution anchored_value_iteration(const Problem& problem, const AnchoredValueIterationOptions& options = {},
                                  const SolveOptions& run_options = {});

/// b_k = 1 / (sum over i = 0 .. k of discount^(-2i)) from b_{k-1}, b_0 = 1.
double next_anchor_weight(double previous, double discount);

/// The theorem's bound on |T V_k - V_k|, to be multiplied by max(|V_0 - V*|, |V_0 - V_worst|) where V_worst is the
/// fixed point with the direction reversed; with rising = (V_0 <= T V_0), the constant is smaller and |V_0 - V*|
/// suffices.
double anchored_rate(double discount, std::int64_t k, bool rising);

}  // namespace bellwether::solvers
