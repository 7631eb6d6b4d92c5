#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/umb_numbers.h"

namespace bellwether::mdp {

/// An annotation: values for states, choices or branches.
struct UmbAnnotation {
  std::string group, id, name;  ///< the name is the alias, or the id
  bool states = false, choices = false, branches = false;
  UmbType type = {};
  UmbType probability = {};             ///< of annotations that are distributions
  std::uint64_t num_probabilities = 0;  ///< with their supports taken together; for writing
};

/// What index.json says about the members that this program reads.
struct UmbIndex {
  std::uint64_t players = 0, states = 0, initial_states = 0, choices = 0, choice_actions = 0, branches = 0;
  std::uint64_t observations = 0;
  bool observations_of_branches = false;
  UmbType branch_probability, observation_probability;
  std::vector<UmbAnnotation> annotations;  ///< in the order of the file
  std::uint64_t state_name_strings = 0;    ///< states have one valuation variable, a string: their name
  std::uint64_t observation_name_strings = 0;
  std::optional<double> discount;  ///< in file-data.parameters, as this program writes it
  bool minimise = false;
};

/// ParseError "file: index.json: transition-system.#states is ..., must be ..." for everything that is wrong or is a
/// model of another kind (continuous time, games).
UmbIndex read_umb_index(std::string_view json, const std::string& file);

/// index.json of this content.
std::string write_umb_index(const UmbIndex& index);

}  // namespace bellwether::mdp
