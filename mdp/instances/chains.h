#pragma once

#include <string>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// Chains with a poor left end and a reward of 1 for pushing right at the right end. Going left always succeeds.
///   deterministic   right always succeeds; horizon = number of states
///   stochastic      right slips left with probability 1 / states; horizon = number of states
///   bootstrapped    right succeeds every other time, left pays .01 at the left end; horizon 15 (Osband et al. 2016)
struct ChainOptions {
  int states = 10;
  std::string version = "deterministic";
  double noise = 1;
  double discount = 0.95;
};

template <class Field>
void describe(ChainOptions& o, Field&& field) {
  field("states", o.states, at_least(2), "length of the chain");
  field("version", o.version, one_of({"deterministic", "stochastic", "bootstrapped"}), "which chain");
  field("noise", o.noise, at_least(0), "standard deviation of the rewards at both ends, for simulation");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance chain(const ChainOptions& options = {});

/// Two chains from a start in the middle: both moves slip into the opposite direction, and every step in the rightmost
/// cell pays 1 (Kaufmann et al. 2021).
struct DoubleChainOptions {
  int states = 31;
  double slip = 0.05;
  int horizon = 20;
  double discount = 0.95;
};

template <class Field>
void describe(DoubleChainOptions& o, Field&& field) {
  field("states", o.states, at_least(2), "length of the chain; the start is in the middle");
  field("slip", o.slip, {.low = 0, .high = .5, .has_low = true, .has_high = true, .open_high = true},
        "probability of moving the other way");
  field("horizon", o.horizon, at_least(1), "recommended horizon");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance double_chain(const DoubleChainOptions& options = {});

/// A line of states that move on with probability `leak` and cost 1 a step: the total cost is states / leak, while
/// successive iterates of value iteration differ by at most 1 and soon by much less than the error.
struct SlowLeakOptions {
  int states = 1;
  double leak = 1e-6;
};

template <class Field>
void describe(SlowLeakOptions& o, Field&& field) {
  field("states", o.states, at_least(1), "states before the goal");
  field("leak", o.leak, {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_low = true},
        "probability of moving on");
}

NamedInstance slow_leak(const SlowLeakOptions& options = {});

/// The reachability example of Haddad and Monmege (2014): from the middle of 2 length + 1 states a step either way;
/// elsewhere on with probability 1/2, else back to the middle. A change of 2^-length a sweep makes value iteration stop
/// far from the answer, `bias` (1/2 in the Markov decision process).
struct HaddadMonmegeOptions {
  int length = 20;
  double bias = 0.5;
  bool retreat = true;
};

template <class Field>
void describe(HaddadMonmegeOptions& o, Field&& field) {
  field("length", o.length, at_least(1), "states on either side of the middle");
  field("bias", o.bias, inside(0, 1), "probability of the first step towards the target");
  field("retreat", o.retreat, any_value(),
        "on the way to the target, a second choice goes back to the middle; false gives a Markov chain");
}

NamedInstance haddad_monmege(const HaddadMonmegeOptions& options = {});

}  // namespace bellwether::mdp
