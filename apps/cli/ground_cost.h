#pragma once

#include <string>

#include "mdp/robust/ambiguity.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::cli {

/// What --ground-cost says: index, discrete, or a CSV file with a line a state of what it costs to move a unit of
/// probability from it to each state, in the order of the model. InvalidOption or ParseError, naming line and state.
mdp::GroundCost read_ground_cost(const mdp::TabularMdp& model, const std::string& typed);

}  // namespace bellwether::cli
