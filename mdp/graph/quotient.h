#pragma once

#include <cstdint>
#include <vector>

#include "mdp/graph/end_components.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// A model with each end component shrunk to one state.
///
/// The shrunk state has the choices of all members that do not belong to the component (member by member, in order)
/// and, last, a choice that stays: a self-loop with reward 0. Other states keep their choices in order. Entries of
/// rows are renamed, not merged, so probabilities are the same doubles. Only the first reward column survives.
/// States are numbered in the order of their smallest member.
struct Quotient {
  TabularMdp model;
  std::vector<std::int32_t> state_of;       ///< quotient state of each state of the original
  std::vector<std::int64_t> source_choice;  ///< original choice of each quotient choice, -1 for staying
};

/// Cost: linear.
Quotient collapse(const TabularMdp& model, const EndComponents& components);

/// Plays a deterministic policy of the quotient in the original model. Where the policy leaves a shrunk component with
/// a choice of one member, the other members first walk to that member inside the component (almost surely, by
/// choices that approach it); where it stays, members play their first choice of the component.
/// The result has one model-wide choice number a state. Cost: linear in the components left this way.
std::vector<std::int64_t> lift_choices(const TabularMdp& model, const ReverseTransitions& reverse,
                                       const EndComponents& components, const Quotient& quotient,
                                       const std::vector<std::int64_t>& quotient_choice);

/// A deterministic policy from one model-wide choice number a state.
Policy policy_from_choices(const TabularMdp& model, const std::vector<std::int64_t>& choice);

}  // namespace bellwether::mdp
