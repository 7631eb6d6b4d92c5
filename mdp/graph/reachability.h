#pragma once

#include <cstdint>
#include <vector>

#include "mdp/graph/reverse_transitions.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

// Qualitative reachability: which states reach `target` with probability zero, positive, or one, under some policy or
// under all. Only the graph matters, no number is rounded. `allowed` restricts the choices a policy may use (empty:
// all); outside the target a state without an allowed choice can go nowhere. The play is over once the target is
// reached, so choices of target states do not count.

/// States from which some policy reaches the target with positive probability; the others have maximal probability 0.
/// Linear time.
StateSet can_reach(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                   const ChoiceSet& allowed = {});

/// States from which some policy never reaches the target: minimal probability 0. A state without an allowed choice
/// stays where it is and belongs here. Linear time.
StateSet can_avoid(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                   const ChoiceSet& allowed = {});

/// States from which some policy reaches the target almost surely: maximal probability 1. Each round is linear; the
/// number of rounds is the depth at which traps are nested (rarely more than three).
StateSet can_reach_surely(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                          const ChoiceSet& allowed = {});

/// States from which every policy reaches the target almost surely: minimal probability 1. Linear time.
StateSet must_reach_surely(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                           const ChoiceSet& allowed = {});

/// The allowed choices of states in `region` that stay in `region` whatever happens.
ChoiceSet choices_within(const TabularMdp& model, const StateSet& region, const ChoiceSet& allowed = {});

/// For each state outside the target the model-wide number of an allowed choice that moves, with positive probability,
/// one step closer to the target in the graph; -1 for target states and for states that cannot reach it.
/// If no allowed choice leaves a region from which all states can reach the target, playing these choices reaches it
/// almost surely: from everywhere there is a positive probability of getting there within S steps.
std::vector<std::int64_t> approaching_choices(const TabularMdp& model, const ReverseTransitions& reverse,
                                              const StateSet& target, const ChoiceSet& allowed = {});

}  // namespace bellwether::mdp
