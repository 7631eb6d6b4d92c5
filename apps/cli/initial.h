#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::cli {

/// The state of this name, or of this index.
std::optional<int> find_state(const mdp::TabularMdp& model, std::string_view name);

/// The distribution that --initial names: "uniform", a state by name or index, or a CSV file `state,probability`.
/// ParseError or InvalidOption, naming line and state, when it is none of these.
std::vector<double> read_initial(const mdp::TabularMdp& model, const std::string& typed);

/// The numbers of a CSV file `state,WHAT`, its lines in any order, states by name or index; `absent` for states that it
/// does not name. ParseError, naming the line, for a state that is not there or comes twice and a number the rule bars.
std::vector<double> read_by_state(const mdp::TabularMdp& model, const std::string& path, std::string_view what,
                                  const Rule& rule, double absent);

}  // namespace bellwether::cli
