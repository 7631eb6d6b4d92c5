#pragma once

#include <span>

#include "core/stream.h"
#include "mdp/latent/latent_mdp.h"

namespace bellwether::mdp {

/// Sizes of the models on which every learner loses (docs/papers/lmdp-horizon-free.md, "The lower bound").
struct LatentHardShape {
  int contexts = 2;        ///< equally likely
  int leaves = 4;          ///< of a tree with as many branches as there are actions, at least 2
  int actions = 2;         ///< at each node and leaf
  double advantage = 0.1;  ///< epsilon
  double variance = .25;   ///< V; the reward is 2 sqrt(V)

  /// States that spell the context: the least L with L! >= contexts.
  int spelling() const;
  /// Steps until the reward is earned: horizons must be at least this. Beyond it the play rests.
  int steps() const;
  int num_states() const;
  int num_arms() const { return leaves * actions; }  ///< of each context
};

/// Each context passes the spelling states in an order of its own, one choice each, so that it is known once they are
/// passed; then all walk down the same tree, and at a leaf each action wins 2 sqrt(V) with probability 1/2, or 1/2 +
/// epsilon for arm good[m] = leaf * actions + action of context m. All plays end in a state of rest. What is earned by
/// the best policy is 2 sqrt(V) (1/2 + epsilon), with variance V (1 - 4 epsilon^2); each row has at most two
/// successors. InvalidOption for values out of range.
LatentMdp latent_hard(const LatentHardShape& shape, std::span<const int> good);

/// The same with good arms drawn uniformly, one a context: the family that the lower bound averages over.
LatentMdp drawn_latent_hard(const LatentHardShape& shape, Stream stream);

/// The advantage for which the lower bound on the regret of so many episodes is largest, at most 1/4:
/// (1 - 1/N) sqrt(M N / K) / 2 with N arms a context.
double hardest_advantage(const LatentHardShape& shape, double episodes);

/// The same play of `steps` steps followed by rest in the state reached: states (step, state), number step * S + state,
/// those of step `steps` with one choice that stays and pays nothing. Whatever the horizon beyond `steps`, values and
/// laws of returns are those of `steps` steps of the model.
LatentMdp with_rest(const LatentMdp& model, int steps);

}  // namespace bellwether::mdp
