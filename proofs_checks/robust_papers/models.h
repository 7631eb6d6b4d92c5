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

/// One distribution over the choices of each state, uniform weights divided by their sum.
std::vector<double> drawn_weights(const mdp::TabularMdp& model, Stream& stream);

}  // namespace bellwether::claims
