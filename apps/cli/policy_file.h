#pragma once

#include <string>

#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::cli {

/// A stationary policy as `solve -o FILE.csv` saves one: a header with state, action and perhaps probability, whose
/// other columns are not looked at, and a line for every action that is played. ParseError, naming the line, when it is
/// none, or none of this model.
mdp::Policy read_policy(const mdp::TabularMdp& model, const std::string& path);

}  // namespace bellwether::cli
