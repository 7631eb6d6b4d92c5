#pragma once

#include <functional>
#include <span>
#include <vector>

#include "mdp/evaluate/policy_chain.h"
#include "mdp/horizon.h"

namespace bellwether::mdp {

/// How much probability passes through the states and choices of a model under a policy.
struct Occupancy {
  std::vector<double> choice;  ///< one a choice of the model
  std::vector<double> state;   ///< the same, added up over the choices of each state
  double error = 0;            ///< proven: sum of |choice - truth|, and of |state - truth|, is at most this
};

/// x(s, a) = sum over t of discount^t P(s_t = s, a_t = a), which sums to 1 / (1 - discount); times 1 - discount it is a
/// distribution. The play begins with `initial` over the states of the chain, by default chain.initial(). For any
/// reward column the value is sum of x r.
///
/// docs/papers/policy-evaluation.md, "Occupancy measures". InvalidOption unless 0 <= discount < 1; InvalidModel unless
/// `initial` is a distribution. Cost: one factorisation.
Occupancy discounted_occupancy(const PolicyChain& chain, double discount, std::span<const double> initial = {});

/// x_h(s, a) = P(s_h = s, a_h = a), one a stage. The play begins with `initial` over the states of the model, by
/// default that of the first stage. Cost: one pass over the rows a stage, at which `keep_going`, if there is one, is
/// asked; once it said no the result is empty.
std::vector<Occupancy> finite_occupancy(const FiniteHorizonMdp& task, const StagePolicy& policy,
                                        std::span<const double> initial = {},
                                        const std::function<bool()>& keep_going = nullptr);

/// The policy with pi(a | s) = x(s, a) / sum over b of x(s, b), uniform where the state is not visited. If x is the
/// occupancy of any policy whatever (also one with a memory), the result has the same occupancy. InvalidModel, naming
/// state and choice, when an entry is negative or not finite, or the number of entries is wrong.
Policy policy_from_occupancy(const TabularMdp& model, std::span<const double> choice_mass);

}  // namespace bellwether::mdp
