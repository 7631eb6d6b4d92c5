#pragma once

#include <string>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::cli {

/// The distribution that --initial names: "uniform", a state by name or index, or a CSV file `state,probability`.
/// ParseError or InvalidOption, naming line and state, when it is none of these.
std::vector<double> read_initial(const mdp::TabularMdp& model, const std::string& typed);

}  // namespace bellwether::cli
