#pragma once

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// The two-state model behind the lower bound of Jaksch, Ortner and Auer (2010): state 1 pays 1; every choice leaves
/// state 1 with probability delta = 1 / diameter and state 0 with the same, but for one choice of state 0 that leaves
/// with delta + advantage.
struct JaoGadgetOptions {
  double diameter = 10;
  double advantage = 0.05;
  int actions = 2;
  int good_action = 0;
};

template <class Field>
void describe(JaoGadgetOptions& o, Field&& field) {
  field("diameter", o.diameter, at_least(1), "1 / delta, the diameter");
  field("advantage", o.advantage, between(0, 1), "epsilon, the extra probability of the good choice");
  field("actions", o.actions, at_least(1), "choices in each state");
  field("good_action", o.good_action, at_least(0), "which choice of state 0 is good");
}

NamedInstance jao_gadget(const JaoGadgetOptions& options = {});

/// The full lower-bound model of Jaksch, Ortner and Auer (2010, section 6): states / 2 two-state gadgets with
/// delta = 4 / diameter, of which one has the good choice; their states 0 form a tree of branching A' = (actions - 1)/2
/// walked by further choices (to the parent, then to the A' children; a missing neighbour is the state itself).
/// Gadget i has the states 2 i (poor) and 2 i + 1 (pays 1). An odd number of states is rounded down.
struct JaoOptions {
  int states = 20;
  int actions = 5;
  double diameter = 40;
  double advantage = 0.05;
  double hardest_for = 0;
  int good_gadget = -1;
  int good_action = 0;
};

template <class Field>
void describe(JaoOptions& o, Field&& field) {
  field("states", o.states, between(2, 1'000'000'000), "number of states, two a gadget");
  field("actions", o.actions, at_least(3), "most choices in a state; each gadget has (actions - 1) / 2 of its own");
  field("diameter", o.diameter, at_least(4), "4 / delta; the diameter stays below it once it is 20 log_A S or more");
  field("advantage", o.advantage, between(0, 1), "epsilon, the extra probability of the good choice");
  field("hardest_for", o.hardest_for, at_least(0),
        "above 0: the advantage that theory finds hardest for so many steps");
  field("good_gadget", o.good_gadget, at_least(-1), "which gadget has the good choice; -1: the last");
  field("good_action", o.good_action, at_least(0), "which of its choices is good");
}

NamedInstance jao(const JaoOptions& options = {});

/// The model behind the sample-complexity lower bound with a generative model (Azar, Munos and Kappen 2013): each
/// choice (x, a) leads to its own state that pays 1 and stays with probability p = (4 gamma - 1) / (3 gamma), else to
/// the end, so that small errors in p cost 1 / (1 - gamma)^3 samples. Choice 0 of state 0 stays with p + advantage.
/// With two copies or more, each loop has as many choices that are all alike: their maximum is what Q-learning
/// estimates too high, at 1 / (1 - gamma)^4 samples (Li, Cai, Chen, Wei and Chi 2021).
struct GenerativeGadgetOptions {
  int states = 2;
  int actions = 2;
  double discount = 0.9;
  double advantage = 0.01;
  int copies = 1;
};

template <class Field>
void describe(GenerativeGadgetOptions& o, Field&& field) {
  field("states", o.states, at_least(1), "number of starting states");
  field("actions", o.actions, at_least(1), "choices in each of them");
  field("discount", o.discount, {.low = .25, .high = 1, .has_low = true, .has_high = true, .open_high = true},
        "discount that defines p");
  field("advantage", o.advantage, between(0, 1), "extra probability to stay after choice 0 of state 0");
  field("copies", o.copies, at_least(1), "choices in each loop, all alike");
}

NamedInstance generative_gadget(const GenerativeGadgetOptions& options = {});

/// The time-dependent model of Domingues, Menard, Kaufmann and Valko (2021): wait up to H' steps, walk down an A-ary
/// tree of depth d - 1, and at the leaf win with probability 1/2, or 1/2 + advantage for one choice of one leaf at one
/// step; the good state pays 1 from step H' + d + 1 on. States: 0 waits, then the tree in breadth-first order, then the
/// good state and the bad state.
struct HardTreeOptions {
  int actions = 2;
  int depth = 3;
  int horizon = 9;
  int waiting = 0;
  double advantage = 0.1;
  int good_wait = 1;
  int good_leaf = 0;
  int good_action = 0;
  bool unrolled = false;
};

template <class Field>
void describe(HardTreeOptions& o, Field&& field) {
  field("actions", o.actions, at_least(2), "choices in each state and branching of the tree");
  field("depth", o.depth, between(1, 30), "d: states = 3 + (actions^d - 1) / (actions - 1)");
  field("horizon", o.horizon, at_least(2), "number of stages");
  field("waiting", o.waiting, at_least(0), "H', the last stage at which waiting is possible; 0: horizon / 3");
  field("advantage", o.advantage, between(0, .5), "epsilon");
  field("good_wait", o.good_wait, at_least(1), "stage (from 1) at which to stop waiting for the good stage h*");
  field("good_leaf", o.good_leaf, at_least(0), "the good leaf");
  field("good_action", o.good_action, at_least(0), "the good choice there");
  field("unrolled", o.unrolled, any_value(), "one stationary model over (stage, state) in place of one model a stage");
}

NamedInstance hard_tree(const HardTreeOptions& options = {});

}  // namespace bellwether::mdp
