#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::cli {

/// The model of a file with the states of `model` and, but in those that `ended` flags, the same actions in the same
/// order. ParseError or InvalidModel, naming file and state.
mdp::TabularMdp read_like(const mdp::TabularMdp& model, const std::string& path, const std::vector<bool>& ended);

/// One flag a state, set for those that are listed.
std::vector<bool> flagged(const mdp::TabularMdp& model, const std::vector<std::int32_t>& states);

/// Rows for the transitions of the model, its own first, then those of each file: a model with the same states, in each
/// the same actions, and no successor that the model does not list. In `ended` states all have the model's own rows.
/// ParseError or InvalidModel, naming file, state and action.
std::vector<std::vector<double>> read_scenarios(const mdp::TabularMdp& model, const std::vector<std::string>& paths,
                                                const std::vector<std::int32_t>& ended);

}  // namespace bellwether::cli
