#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// DeepSea (Osband et al. 2019): a size x size grid, one row down at each step; one choice goes right at a cost of
/// cost / size, the other left for free, and the lower right corner pays 1. Which choice is which is drawn for each
/// cell.
///   move      the corner pays for a further move right: size moves right in all, optimum 1 - cost (bsuite)
///   arrival   the corner pays on entering it: size - 1 moves right, optimum 1 - cost (size - 1) / size
/// A move right fails (the column stays) with probability `slip`. Cell (row, column) is state row * size + column; the
/// last state ends the play.
struct DeepSeaOptions {
  int size = 10;
  std::string final_step = "move";
  double cost = 0.01;
  double slip = 0;
  bool randomised = true;
  std::int64_t seed = 1;
};

template <class Field>
void describe(DeepSeaOptions& o, Field&& field) {
  field("size", o.size, between(2, 30'000), "side of the grid and horizon");
  field("final_step", o.final_step, one_of({"move", "arrival"}), "when the corner pays");
  field("cost", o.cost, between(0, 1), "total cost of always moving right");
  field("slip", o.slip, {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_high = true},
        "probability that a move right fails");
  field("randomised", o.randomised, any_value(), "draw for each cell which choice is right; false: always choice 1");
  field("seed", o.seed, at_least(0), "seed of that draw");
}

NamedInstance deep_sea(const DeepSeaOptions& options = {});

/// Combination lock: in each of `horizon` steps one of the choices keeps the play in the two good latent states, which
/// then swap with probability 1/2; every other choice falls into the sink. The last correct choice pays 1; falling
/// short pays `decoy` with probability 1/2, once: at the last step, or on leaving the good states.
/// Step h and latent state z (2 is the sink) is state 3 h + z; the last state ends the play.
struct CombinationLockOptions {
  int horizon = 10;
  int actions = 10;
  double decoy = 0.1;
  std::string decoy_when = "last";
  std::int64_t seed = 1;
};

template <class Field>
void describe(CombinationLockOptions& o, Field&& field) {
  field("horizon", o.horizon, between(1, 10'000'000), "number of steps");
  field("actions", o.actions, at_least(2), "choices in each good state");
  field("decoy", o.decoy, between(0, 1), "what a failed attempt pays every other time");
  field("decoy_when", o.decoy_when, one_of({"last", "leaving"}), "when the decoy is paid");
  field("seed", o.seed, at_least(0), "seed of the combination");
}

NamedInstance combination_lock(const CombinationLockOptions& options = {});

}  // namespace bellwether::mdp
