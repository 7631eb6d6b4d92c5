#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/evaluate/policy_chain.h"

namespace bellwether::mdp {

/// E[sum over t of discount^t r_t] from each state, 0 <= discount < 1, for a column of the model:
///
///   const Evaluation v = evaluate_discounted(PolicyChain(model, policy), 0.9);
///
/// docs/papers/policy-evaluation.md, "Discounted". Certificate: Evaluation::error, proven state by state. Cost: one
/// factorisation (see LinearSolver). InvalidOption unless 0 <= discount < 1.
Evaluation evaluate_discounted(const PolicyChain& chain, double discount, std::string_view column = {});

/// The same for several columns with one factorisation, in the order of the names.
std::vector<Evaluation> evaluate_discounted(const PolicyChain& chain, double discount,
                                            std::span<const std::string> columns);

}  // namespace bellwether::mdp
