#pragma once

#include <functional>
#include <optional>

#include "mdp/evaluate/evaluation.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::solvers {

/// The discounted values of a policy in one model; nothing once `keep_going` said no during a factorisation that
/// would keep the caller waiting. A null one is not asked.
std::optional<mdp::Evaluation> evaluate_member(const mdp::TabularMdp& model, const mdp::Policy& policy, double discount,
                                               const std::function<bool()>& keep_going);

/// The same without any work: every reward is at least the least of the model and at most the largest one.
mdp::Evaluation bound_member_by_rewards(const mdp::TabularMdp& model, double discount);

}  // namespace bellwether::solvers
