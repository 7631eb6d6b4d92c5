#pragma once

#include <cstdint>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// Garnet (Archibald, McKinnon and Thomas 1995; the form of Bhatnagar et al. 2009): each choice leads to `successors`
/// states drawn without replacement, with the gaps between sorted uniform cut points as probabilities and a reward
/// drawn from U[0, 1].
struct GarnetOptions {
  int states = 100;
  int actions = 4;
  int successors = 5;
  double reward_density = 1;  ///< share of choices whose reward is not 0
  double discount = 0.99;
  std::int64_t seed = 1;
};

template <class Field>
void describe(GarnetOptions& o, Field&& field) {
  field("states", o.states, at_least(1), "number of states");
  field("actions", o.actions, at_least(1), "choices in each state");
  field("successors", o.successors, at_least(1), "successors of each choice, drawn without replacement");
  field("reward_density", o.reward_density, between(0, 1), "share of choices whose reward is not 0");
  field("discount", o.discount, discount_rule(), "recommended discount");
  field("seed", o.seed, at_least(0), "seed of the random stream");
}

/// Cost: one pass, in parallel, straight into the model's arrays; the seed alone decides the bits.
NamedInstance garnet(const GarnetOptions& options = {});

/// Dense random model: every state follows every choice, with probabilities uniform on the simplex.
struct RandomDenseOptions {
  int states = 50;
  int actions = 4;
  double discount = 0.95;
  std::int64_t seed = 1;
};

template <class Field>
void describe(RandomDenseOptions& o, Field&& field) {
  field("states", o.states, at_least(1), "number of states");
  field("actions", o.actions, at_least(1), "choices in each state");
  field("discount", o.discount, discount_rule(), "recommended discount");
  field("seed", o.seed, at_least(0), "seed of the random stream");
}

NamedInstance random_dense(const RandomDenseOptions& options = {});

}  // namespace bellwether::mdp
