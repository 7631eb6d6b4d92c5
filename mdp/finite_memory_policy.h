#pragma once

#include <cstdint>
#include <vector>

#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// What moves the memory of a FiniteMemoryPolicy after a step.
enum class MemoryInput {
  kNextState,  ///< the state that was entered: update[node] has one entry a state
  kTransition  ///< the transition taken (state, choice and next state): one entry a transition of the model
};

/// A policy with a finite memory: a node is drawn from `initial`; in a node it plays `policy[node]`, and after each
/// step it moves to the node that `update[node]` names. The first state does not move the memory.
///
/// Policies that draw from a set once and for all have one node each and never leave it (see `mixture`); a policy that
/// counts stages has one node a stage (see `staged`).
struct FiniteMemoryPolicy {
  std::vector<Policy> policy;                     ///< of each node
  std::vector<std::vector<std::int32_t>> update;  ///< of each node: the next node, by next state or by transition
  std::vector<double> initial;                    ///< probability of each node, or empty: the play begins in node 0
  MemoryInput input = MemoryInput::kNextState;

  int num_nodes() const { return static_cast<int>(policy.size()); }
  /// The node after `transition` (its place in the model's arrays) has led to state `next`.
  std::int32_t next_node(int node, std::int64_t transition, std::int32_t next) const {
    const auto& moves = update[static_cast<std::size_t>(node)];
    return moves[static_cast<std::size_t>(input == MemoryInput::kNextState ? next : transition)];
  }
  double initial_probability(int node) const {
    return initial.empty() ? (node == 0 ? 1.0 : 0.0) : initial[static_cast<std::size_t>(node)];
  }

  /// InvalidModel, naming node, place and value, unless the policy fits the model.
  void require_fits(const TabularMdp& model) const;
};

/// Draws one of the policies before the first step and plays it for ever.
FiniteMemoryPolicy mixture(const TabularMdp& model, std::vector<Policy> policies, std::vector<double> weights);

/// Plays stages[0], stages[1], ... and the last one for ever after.
FiniteMemoryPolicy staged(const TabularMdp& model, StagePolicy stages);

}  // namespace bellwether::mdp
