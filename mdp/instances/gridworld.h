#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// A square grid with slippery moves up, right, down, left: the intended one with probability 1 - slip, each
/// perpendicular one with slip / 2; moves off the board or into an obstacle stay. Every step costs what its cell costs
/// (1, or drawn from U[.5, 1.5]); the goal in the far corner absorbs for free. Start in the near corner. Cells from
/// which the goal cannot be reached are left out, so states are numbered row by row over the cells that remain.
struct GridworldOptions {
  int side = 10;
  double slip = 0.2;
  double obstacles = 0;
  bool random_costs = true;
  double discount = 0.999;
  std::int64_t seed = 1;
};

template <class Field>
void describe(GridworldOptions& o, Field&& field) {
  field("side", o.side, between(2, 40'000), "side of the grid");
  field("slip", o.slip, between(0, 1), "probability of a perpendicular move, half to each side");
  field("obstacles", o.obstacles, {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_high = true},
        "share of cells that are walls");
  field("random_costs", o.random_costs, any_value(), "draw cell costs from U[0.5, 1.5]; false: every step costs 1");
  field("discount", o.discount, discount_rule(), "recommended discount");
  field("seed", o.seed, at_least(0), "seed of costs and obstacles");
}

/// The recommended question minimises the discounted cost. Writes straight into the model's arrays.
NamedInstance gridworld(const GridworldOptions& options = {});

/// A maze as a stochastic shortest path: a random spanning tree joins all cells of a square (depth-first, as in drawn
/// mazes), a share `loops` of the remaining walls is removed, every step costs 1. Start and goal in opposite corners.
struct MazeOptions {
  int side = 10;
  double loops = 0.1;
  double slip = 0;
  std::int64_t seed = 1;
};

template <class Field>
void describe(MazeOptions& o, Field&& field) {
  field("side", o.side, between(2, 40'000), "side of the maze");
  field("loops", o.loops, between(0, 1), "share of the walls left by the tree that is removed");
  field("slip", o.slip, {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_high = true},
        "probability of a perpendicular move, half to each side");
  field("seed", o.seed, at_least(0), "seed of the maze");
}

NamedInstance maze(const MazeOptions& options = {});

/// A courier on a grid of `rows` by `columns` cells carries a parcel from the middle of the left edge to the middle of
/// the right one and earns `fee` on arrival. The straight way leads through mud, `mud_rows` by `mud` cells in the
/// middle. Moves slip as in the gridworld. Cost columns: `fuel`, 1 a move until arrival, and `damage`, 1 for each muddy
/// cell that is entered; a second reward structure, `net`, takes `harm` off for each. A model for budgets (how much
/// damage is a quick delivery worth?) and for doubtful slips (how close to the mud is too close?).
struct CourierOptions {
  int rows = 5;
  int columns = 9;
  int mud = 3;
  int mud_rows = 3;
  double slip = 0.1;
  double fee = 10;
  double harm = 5;
  double discount = 0.95;
};

template <class Field>
void describe(CourierOptions& o, Field&& field) {
  field("rows", o.rows, between(3, 20'000), "rows of the grid");
  field("columns", o.columns, between(3, 20'000), "columns of the grid");
  field("mud", o.mud, between(0, 20'000), "muddy columns in the middle, at most two less than columns");
  field("mud_rows", o.mud_rows, between(0, 20'000), "muddy rows in the middle, at most two less than rows");
  field("slip", o.slip, between(0, 1), "probability of a perpendicular move, half to each side");
  field("fee", o.fee, above(0), "reward on arrival");
  field("harm", o.harm, at_least(0), "what a muddy cell takes off the reward structure `net`");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

/// States are numbered row by row; the destination has the label `goal`.
NamedInstance courier(const CourierOptions& options = {});

}  // namespace bellwether::mdp
