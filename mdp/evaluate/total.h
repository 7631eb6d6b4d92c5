#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mdp/evaluate/policy_chain.h"

namespace bellwether::mdp {

/// E[sum of r_t until the play enters `target`] from each state; 0 on the target. With an empty target the play is over
/// where rewards end. `target` lists states of the model, in any order; with a finite-memory policy it is entered with
/// any memory. Where the play may go on for ever among rewards that are not all zero the value is
///   +infinity or -infinity (error 0) when every recurrent class in reach that collects has a long-run average of that
///   sign, proven;
///   NaN (error infinity) otherwise: the sum may have no limit, or infinities of both signs meet.
/// docs/papers/policy-evaluation.md, "Total reward". InvalidModel when a target state is out of range.
Evaluation evaluate_total(const PolicyChain& chain, std::span<const std::int32_t> target, std::string_view column = {});

/// P(the play enters `target`) from each state, 1 on the target. Probabilities of exactly 0 and 1 are exact: the graph
/// decides them.
Evaluation evaluate_reach(const PolicyChain& chain, std::span<const std::int32_t> target);

}  // namespace bellwether::mdp
