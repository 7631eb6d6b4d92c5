#pragma once

#include <vector>

#include "core/stream.h"
#include "mdp/robust/robust_mdp.h"
#include "solvers/robust/problem.h"

namespace bellwether::claims {

/// A Garnet with costs of transitions uniform on [0, 5] and branch weights uniform (divided by their sum), to be
/// minimised at discount .95: the family of Wang, Ho and Petrik 2023.
mdp::TabularMdp drawn_cost_garnet(int states, int actions, int successors, Stream& stream);

/// That Garnet with L1 sets, budgets uniform on [.1, .5] by choice, or on [.1, .5] times the number of choices by
/// state.
solvers::RobustProblem drawn_robust_garnet(int states, int actions, int successors, Stream& stream,
                                           mdp::Rectangular rectangular = mdp::Rectangular::kChoice);

/// A Garnet with rewards of choices uniform on [0, 1].
mdp::TabularMdp drawn_reward_garnet(int states, int actions, int successors, Stream& stream);

/// A windy walk of 5 x 7 cells past a swamp, from (2, 0) to (2, 6): a step costs 1, 3 in the swamp (row 4, columns 1 to
/// 5). In columns 1 to 5 wind of this strength blows from row 2 to row 3, and of its square from row 3 to row 4. The
/// model that Zouitine, Geist and Rachelson (2024) speak of, with a layout of its own.
mdp::TabularMdp windy_walk(double wind);

/// Ten states in a row. Action 0 goes left and earns .3 at the left end; action 1 goes right with probability .6 -
/// slip, back with .2 + slip, and earns 1 at the right end.
mdp::TabularMdp slippery_row(double slip = 0);

/// One distribution over the choices of each state, uniform weights divided by their sum.
std::vector<double> drawn_weights(const mdp::TabularMdp& model, Stream& stream);

}  // namespace bellwether::claims
