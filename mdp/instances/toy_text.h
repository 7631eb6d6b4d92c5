#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

// Gymnasium's toy-text environments with its numbering of states and actions. An episode that is over sits in an
// absorbing state that pays 0, so optimal values of all other states are those of the episodic task.

/// FrozenLake-v1: left, down, right, up over the ice; slippery moves go in the intended and both perpendicular
/// directions with probability 1/3 each; reaching the goal pays 1, holes end the play. Sides 4 and 8 are the published
/// maps; others (or all, with `random_map`) are drawn until a path of frozen cells joins start and goal.
struct FrozenLakeOptions {
  int side = 4;
  bool slippery = true;
  bool random_map = false;
  double frozen = 0.8;
  double discount = 0.99;
  std::int64_t seed = 1;
};

template <class Field>
void describe(FrozenLakeOptions& o, Field&& field) {
  field("side", o.side, between(2, 40'000), "side of the lake; 4 and 8 are the published maps");
  field("slippery", o.slippery, any_value(), "whether moves slip");
  field("random_map", o.random_map, any_value(), "draw a map for sides 4 and 8 too");
  field("frozen", o.frozen, between(0, 1), "random maps: probability that a cell is not a hole");
  field("discount", o.discount, discount_rule(), "recommended discount");
  field("seed", o.seed, at_least(0), "random maps: seed");
}

NamedInstance frozenlake(const FrozenLakeOptions& options = {});

/// CliffWalking-v1 (Sutton and Barto, example 6.6): up, right, down, left on 4 x 12 cells at -1 a step; stepping into
/// the cliff between start and goal costs 100 and returns to the start. Slippery moves as on the frozen lake.
struct CliffWalkingOptions {
  int rows = 4;
  int columns = 12;
  bool slippery = false;
  double discount = 0.99;
};

template <class Field>
void describe(CliffWalkingOptions& o, Field&& field) {
  field("rows", o.rows, between(2, 10'000), "rows of the grid");
  field("columns", o.columns, between(3, 10'000), "columns of the grid");
  field("slippery", o.slippery, any_value(), "whether moves slip to either side, with probability 1/3 each");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance cliff_walking(const CliffWalkingOptions& options = {});

/// Taxi-v3 (Dietterich 2000): south, north, east, west, pick-up, drop-off on 5 x 5 cells with walls; state
/// ((row 5 + column) 5 + passenger) 4 + destination with the stands R, G, Y, B as 0 to 3 and 4 for "in the taxi".
/// -1 a step, -10 for a wrong pick-up or drop-off, +20 for delivery, which leads to the absorbing state 500. The start
/// is uniform over the 300 states whose passenger waits at a stand other than the destination.
struct TaxiOptions {
  double discount = 0.99;
};

template <class Field>
void describe(TaxiOptions& o, Field&& field) {
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance taxi(const TaxiOptions& options = {});

}  // namespace bellwether::mdp
