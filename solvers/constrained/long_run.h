#pragma once

#include <span>

#include "mdp/evaluate/policy_chain.h"
#include "mdp/tabular_mdp.h"
#include "solvers/constrained/any_policy.h"

namespace bellwether::solvers::constrained {

/// Where a play of the chain spends its steps in the long run, and the choices on the way there. Empty when numbers
/// overflow.
Occupation long_run(const mdp::PolicyChain& chain, std::span<const double> initial);

/// A policy whose long-run frequencies are the mean of theirs. Where every policy and the mixture have one recurrent
/// class, frequencies can be mixed; else the policies are kept apart, each drawn with its weight.
AnyPolicy mix_average(const mdp::TabularMdp& model, std::span<const double> initial,
                      std::span<const AnyPolicy> policies, std::span<const double> weights);

}  // namespace bellwether::solvers::constrained
