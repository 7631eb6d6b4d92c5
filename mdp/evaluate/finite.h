#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "mdp/evaluate/policy_chain.h"
#include "mdp/horizon.h"

namespace bellwether::mdp {

/// E[r_h + discount r_(h+1) + ... + discount^(H-1-h) r_(H-1)] from each state at each stage h: one Evaluation a stage,
/// and zeros at the end, so H + 1 in all. 0 <= discount <= 1 (else InvalidOption).
///
///   const auto v = evaluate_finite(FiniteHorizonMdp(model, 20), stages);   // v[0].expected(model.initial())
///
/// docs/papers/policy-evaluation.md, "Finite horizon". Certificate: the errors are proven state by state. Cost: one
/// pass over the rows a stage.
///
/// `policy` has one policy a stage. InvalidModel when there are fewer or more, or one does not fit its stage.
/// `keep_going`, if there is one, is asked at every stage; once it said no the result is empty.
std::vector<Evaluation> evaluate_finite(const FiniteHorizonMdp& task, const StagePolicy& policy, double discount = 1,
                                        std::string_view column = {},
                                        const std::function<bool()>& keep_going = nullptr);

/// The same policy in all stages, or one with a memory.
std::vector<Evaluation> evaluate_finite(const PolicyChain& chain, int horizon, double discount = 1,
                                        std::string_view column = {});

}  // namespace bellwether::mdp
