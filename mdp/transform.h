#pragma once

#include <cstdint>
#include <span>

#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// The model in which the given states (ascending) end the play: their only choice is a self-loop with reward and
/// costs 0. Other rows are copied as they are.
TabularMdp absorbing(const TabularMdp& model, std::span<const std::int32_t> states);

/// The model whose total reward is the probability of reaching `target` from elsewhere: target states absorb, and a
/// choice elsewhere earns its probability of entering the target. A play that starts there earns nothing: add 1 to its
/// value.
TabularMdp reaching(const TabularMdp& model, std::span<const std::int32_t> target);

}  // namespace bellwether::mdp
