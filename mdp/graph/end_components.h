#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/graph/reverse_transitions.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// Maximal end components: sets of states, with some choices of each, in which a policy can stay for ever and visit
/// every state again and again. In the long run every policy ends up in one.
struct EndComponents {
  std::vector<std::int32_t> component;  ///< of each state, -1 outside
  std::vector<std::int32_t> begin;      ///< count + 1 offsets into `members`
  std::vector<std::int32_t> members;    ///< component by component, ascending inside each
  ChoiceSet choices;                    ///< the choices that belong to a component (those that surely stay in it)

  int count() const { return static_cast<int>(begin.size()) - 1; }
  std::span<const std::int32_t> members_of(int k) const {
    return {members.data() + begin[static_cast<std::size_t>(k)],
            members.data() + begin[static_cast<std::size_t>(k) + 1]};
  }
};

/// The maximal end components of the model restricted to the allowed choices (empty: all). A state of its own counts
/// when an allowed choice returns to it surely. Components are numbered by their smallest state.
///
/// Peels strongly connected components: choices that leave their component go, states left without a choice go with
/// the choices that lead to them, and components that lost something are split again. Each round is linear in what
/// is still undecided; a few rounds are usual, S of them the worst case.
EndComponents maximal_end_components(const TabularMdp& model, const ReverseTransitions& reverse,
                                     const ChoiceSet& allowed = {});

}  // namespace bellwether::mdp
