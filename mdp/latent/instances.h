#pragma once

#include <span>
#include <vector>

#include "core/stream.h"
#include "mdp/latent/latent_mdp.h"
#include "mdp/latent/pomdp.h"

namespace bellwether::mdp {

// Small models with hidden parts (docs/papers/latent-mdps.md, docs/papers/pomdps.md).

/// A random latent model: rows Dirichlet(concentration), initial distributions too unless `start_in_zero`, equal
/// weights; a reward is uniform on [0, 1 / horizon] with probability `reward_density` and 0 otherwise. With `certainty`
/// above 0 that share of each row goes to one state, drawn uniformly.
struct RandomLatentShape {
  int contexts = 2, states = 2, actions = 2, horizon = 4;
  double concentration = 1, reward_density = 1;
  bool start_in_zero = false;
  double certainty = 0;
};
LatentMdp random_latent(Stream stream, const RandomLatentShape& shape = {});

/// The combination lock on which hidden contexts cost exponentially many episodes: states 0 .. M-1 in a row and a dead
/// one, M equally likely contexts, a secret action for each state but the last. In state t context m moves on
///   if m = M-1: on the secret action;   if m = t: on any other;   if m < t: on the secret action;   else always;
/// and dies otherwise. Reward 1 in state M-1 of context M-1. Whatever is played, the play survives step t with
/// probability (M-1-t) / M, so nothing but the last reward tells one action from another; the secret is worth 1 / M,
/// every other sequence 0. Horizon M.
LatentMdp combination_lock(int actions, std::span<const int> secret);

/// Two doors, a tiger behind one (Cassandra, Kaelbling and Littman 1994). Actions listen (-1, right with probability
/// `accuracy`), open left, open right (+10 or -100, then all begins anew and the observation is a coin). States:
/// tiger-left, tiger-right, equally likely.
Pomdp tiger(double accuracy = 0.85, double discount = 0.95);

/// A corridor of so many states seen through noise: actions left, stay and right move by one with probability .9 and
/// else stay; the place is seen right with probability `accuracy`, else one of its neighbours. Staying in the last
/// state pays 1, everything else 0; the play begins anywhere.
Pomdp noisy_chain(int states, double accuracy = 0.7, double discount = 0.95);

/// A random partially observable model: rows of transitions and observations Dirichlet(concentration), rewards uniform
/// on [0, 1]. With `same_eyes` observations do not depend on the action, and the first state is seen through the same
/// kernel.
struct RandomPomdpShape {
  int states = 3, actions = 2, observations = 2;
  double concentration = 1;
  bool same_eyes = false;
};
Pomdp random_pomdp(Stream stream, const RandomPomdpShape& shape = {}, double discount = 0.9);

}  // namespace bellwether::mdp
