#pragma once

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// A random linear MDP: d anchor distributions over the next state, drawn from Dirichlet(spread), and for each choice a
/// point phi of the simplex, drawn from Dirichlet(concentration), that mixes them: P(. | c) = sum_i phi_i(c) mu_i,
/// r(c) = <phi(c), theta>, theta uniform on [0, 1]^d. Always valid, |phi| <= 1.
struct LinearMdpOptions {
  int states = 20;
  int actions = 5;
  int dimension = 4;
  double concentration = 0.3;
  double spread = 0.3;
  int horizon = 6;
  std::int64_t seed = 0;
};

template <class Field>
void describe(LinearMdpOptions& o, Field&& field) {
  field("states", o.states, between(1, 100'000), "number of states");
  field("actions", o.actions, between(1, 10'000), "choices in each state");
  field("dimension", o.dimension, between(1, 1000), "d, the length of features");
  field("concentration", o.concentration, above(0), "of the Dirichlet law of features; small: near the corners");
  field("spread", o.spread, above(0), "of the Dirichlet law of the anchors over states");
  field("horizon", o.horizon, at_least(1), "number of stages of the usual question");
  field("seed", o.seed, at_least(0), "draws another model");
}

NamedInstance linear_mdp(const LinearMdpOptions& options = {});

/// Soft aggregation: each state belongs to m clusters in parts, drawn from Dirichlet(concentration), and what a choice
/// does depends on them alone: phi(s, a) has the parts of s in the block of a, d = m A. Anchors and rewards as above.
struct LinearAggregationOptions {
  int states = 20;
  int actions = 3;
  int clusters = 4;
  double concentration = 0.3;
  double spread = 0.3;
  int horizon = 6;
  std::int64_t seed = 0;
};

template <class Field>
void describe(LinearAggregationOptions& o, Field&& field) {
  field("states", o.states, between(1, 100'000), "number of states");
  field("actions", o.actions, between(1, 1000), "choices in each state");
  field("clusters", o.clusters, between(1, 1000), "m, the number of clusters");
  field("concentration", o.concentration, above(0), "of the Dirichlet law of a state's parts; small: one cluster each");
  field("spread", o.spread, above(0), "of the Dirichlet law of the anchors over states");
  field("horizon", o.horizon, at_least(1), "number of stages of the usual question");
  field("seed", o.seed, at_least(0), "draws another model");
}

NamedInstance linear_aggregation(const LinearAggregationOptions& options = {});

/// A random linear mixture: d base kernels that may lead from each choice to the same few states, with probabilities
/// drawn from the simplex, mixed by one theta of the simplex: P(s' | c) = sum_i theta_i P_i(s' | c). Rewards are
/// uniform on [0, 1].
struct LinearMixtureOptions {
  int states = 20;
  int actions = 4;
  int dimension = 4;
  int successors = 5;
  int horizon = 6;
  std::int64_t seed = 0;
};

template <class Field>
void describe(LinearMixtureOptions& o, Field&& field) {
  field("states", o.states, between(1, 100'000), "number of states");
  field("actions", o.actions, between(1, 10'000), "choices in each state");
  field("dimension", o.dimension, between(1, 1000), "d, the number of base kernels");
  field("successors", o.successors, at_least(1), "states that may follow a choice");
  field("horizon", o.horizon, at_least(1), "number of stages of the usual question");
  field("seed", o.seed, at_least(0), "draws another model");
}

NamedInstance linear_mixture(const LinearMixtureOptions& options = {});

}  // namespace bellwether::mdp
