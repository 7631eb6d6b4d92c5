#pragma once

#include <vector>

#include "core/stream.h"
#include "mdp/constrained/constrained_mdp.h"

namespace bellwether::mdp {

// Small constrained and multi-objective models with known answers (docs/papers/constrained-mdps.md,
// docs/papers/reload.md, docs/papers/c-morl.md).

/// Two states, two choices in each, one cost; the play begins in state 0. With discount 0.9 the unconstrained optimum
/// is 5.975460 at a cost of 5.472393, and no policy costs less than 0.978261.
ConstrainedMdp two_state_cmdp(double limit);

/// One state, two choices: reward (1, 0), cost (1, 0), limit 1/2; discount 0. The optimum plays both alike, is worth
/// 1/2, and its multiplier is 1.
ConstrainedMdp bandit_cmdp();

/// A random model with `budgets` costs: rows Dirichlet(concentration), rewards and costs uniform on [0, 1], every play
/// beginning in state 0 unless `uniform_start`. The limits are zero: set them with `with_limits`.
struct RandomCmdpShape {
  int states = 6, actions = 3, budgets = 1;
  double concentration = 1;
  bool uniform_start = true;
};
ConstrainedMdp random_cmdp(Stream stream, const RandomCmdpShape& shape = {});

/// Deep Sea Treasure with the convex map: a boat in an 11 x 10 sea, moves up, right, down, left. Reward columns
/// "treasure" and "time" (-1 a step); a treasure ends the play. From the upper left corner the ten Pareto-optimal pairs
/// (treasure, -steps) are (0.7, -1), (8.2, -3), (11.5, -5), (14, -7), (15.1, -8), (16.1, -9), (19.6, -13), (20.3, -14),
/// (22.4, -17), (23.7, -19).
TabularMdp deep_sea_treasure();

/// A binary tree of this depth, left or right at each node; the leaf pays its own vector: reward columns "objective 0"
/// ... drawn from [0, 1], scaled so that the largest entry of each leaf is at least half, and nothing else pays.
TabularMdp fruit_tree(int depth, int objectives, Stream stream);

}  // namespace bellwether::mdp
