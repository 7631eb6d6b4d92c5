#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// A reward structure as the formats of probabilistic model checkers store it: a part for being in a state, one for
/// taking a choice, one for each transition. Any part may be absent (empty).
struct RewardParts {
  std::string name;
  std::vector<double> state, choice, transition;
};

/// What a reader collects before it is a model.
struct Assembly {
  std::vector<std::int64_t> state_begin{0}, choice_begin{0};
  std::vector<std::int32_t> successor;
  std::vector<double> probability;   ///< lower bounds when there are upper ones
  std::vector<double> upper;         ///< as many as successors in an interval model, else none
  std::vector<std::int32_t> line;    ///< of the text that gave each bound: as many as upper, or none
  std::vector<RewardParts> rewards;  ///< none: one structure "reward" of zeros
  std::vector<RewardParts> costs;
  std::vector<double> nominal;  ///< of an interval model when the file says; else `nominal_probabilities`
  ModelData rest;               ///< names, labels, initial distribution, identifiers, discount, reward laws
  std::optional<Observations> observations;
  bool rewards_are_costs = false;

  std::int64_t num_states() const { return static_cast<std::int64_t>(state_begin.size()) - 1; }
  std::int64_t num_choices() const { return static_cast<std::int64_t>(choice_begin.size()) - 1; }

  /// The probability of the next transition, as a line of a text gives it: a number (`low` and `high` are equal), or an
  /// interval, which makes the model one of intervals; `at` is the line. What is wrong with it, if anything.
  std::optional<std::string> add_probability(double low, double high, bool interval, std::int64_t at);
};

/// The model: parts of rewards added up, transitions that cannot happen left out (probability 0, or upper bound 0, or
/// lower bound 0 where the lower bounds fill the row), every rule checked. InvalidModel starts with `name`.
ModelFile assemble(Assembly assembly, const std::string& name);

/// One distribution inside the bounds of each row: p = l + t (u - l) with the t in [0, 1] that makes the row sum to
/// one; a rounding error of the sum goes to the entry with the most room.
std::vector<double> nominal_probabilities(std::span<const std::int64_t> choice_begin, std::span<const double> lower,
                                          std::span<const double> upper);

/// Why a row of a text cannot be a distribution, if it cannot: "sums to 1-0.03, tolerance 1e-09".
std::optional<std::string> row_fault(std::span<const double> probability);
/// Why two numbers cannot bound a probability: "interval [0.5, 0.2] has its lower bound above its upper one".
std::optional<std::string> interval_fault(double lower, double upper);
std::optional<std::string> interval_row_fault(std::span<const double> lower, std::span<const double> upper);

/// The names of choices as a file gives them.
struct ChoiceLabels {
  std::vector<std::int32_t> index;  ///< the choice's number in the file, or its place in its state (C entries)
  std::vector<std::int32_t> label;  ///< an index into names, or -1 where the file names none (C entries, or none)
  std::vector<std::string> names;
  bool names_are_identifiers = false;  ///< the file lists the names by identifier
};

/// Renumbers the labels by a list of all names. ParseError, starting with `name`, when a label is not in the list.
void apply_action_list(ChoiceLabels& labels, const std::vector<std::string>& list, const std::string& name,
                       std::int64_t line);

/// Identifiers and names of the actions, into `data`: see docs/guide/formats.md, "Action names".
void set_actions(ModelData& data, std::span<const std::int64_t> state_begin, ChoiceLabels labels);

/// True when no two choices of one state share a value.
bool unique_in_states(std::span<const std::int64_t> state_begin, const std::vector<std::int32_t>& value);

/// 1 + the largest action identifier.
int num_actions(const ModelData& data);

/// Observations that depend on the state reached alone. Throws InvalidModel, starting with `name`, when the table
/// would be much larger than the model.
Observations observations_of_states(std::span<const std::int64_t> observation, std::int64_t count, int actions,
                                    const std::string& name);

/// The observation of each state when it depends on the state reached alone and is certain; nothing otherwise.
std::optional<std::vector<std::int32_t>> certain_observations(const Observations& observations, int num_states);

/// The uniform distribution on these states; empty when that is state 0 alone, or there are none.
std::vector<double> uniform_on(std::span<const std::int32_t> states, std::int64_t num_states);

/// The states of the initial distribution when it is uniform on them, else nothing.
std::optional<std::vector<std::int32_t>> uniform_initial_states(const TabularMdp& model);

/// What a format keeps, for the list of losses.
struct Keeps {
  bool discount = false, initial = false, labels = false, state_names = false, action_names = false;
  bool other_rewards = false, costs = false, transition_rewards = false, intervals = false, observations = false;
  bool minimisation = false;
};

/// One phrase for each thing the file holds and the format does not.
std::vector<std::string> losses(const ModelFile& file, const Keeps& keeps);

}  // namespace bellwether::mdp
