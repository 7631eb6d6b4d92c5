#pragma once

#include "mdp/horizon.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// The stationary model over (stage, state): state s at stage h is state h * S + s, and the last state, H * S, ends the
/// play with a self-loop that pays 0. Its total reward from (0, s) is the finite-horizon value of s. Only the first
/// reward column and the initial distribution of the first stage are kept.
TabularMdp unrolled(const FiniteHorizonMdp& model);

}  // namespace bellwether::mdp
