#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/errors.h"

namespace bellwether::mdp {

/// A named column of numbers, one a choice: a reward structure or a cost.
struct Column {
  std::string name;
  /// Expected reward of each choice (C entries).
  Array<double> expected;
  /// Reward of each transition (N entries), or empty when it does not depend on the successor.
  Array<double> by_transition;

  friend bool operator==(const Column&, const Column&) = default;
};

/// A named set of states: indices, ascending, each once.
struct Label {
  std::string name;
  Array<std::int32_t> states;

  friend bool operator==(const Label&, const Label&) = default;
};

/// How the reward of a choice is drawn in simulation; planners use its mean, which is the first reward column.
enum class RewardLaw : std::uint8_t {
  kDeterministic = 0,  ///< always the reward of the transition taken
  kBernoulli = 1,      ///< `scale` with probability mean / scale, else 0
  kGaussian = 2,       ///< normal with the mean of the transition taken and standard deviation `scale`
  kFinite = 3          ///< `values` with `weights` (those of the choice)
};

/// Reward distributions for simulation, one a choice; empty arrays mean that every reward is deterministic.
struct RewardDistributions {
  Array<std::uint8_t> law;            ///< a RewardLaw for each choice
  Array<double> scale;                ///< the parameter of Bernoulli and Gaussian laws, 0 otherwise
  Array<std::int64_t> support_begin;  ///< C + 1 offsets into values and weights; empty when no law is finite
  Array<double> values, weights;

  bool empty() const { return law.empty(); }
  friend bool operator==(const RewardDistributions&, const RewardDistributions&) = default;
};

/// Everything a tabular model is made of, as plain arrays: what builders and readers fill and TabularMdp checks.
///
/// The transition matrix is sparse; its rows are the choices, grouped by state, so action sets may differ by state.
struct ModelData {
  Array<std::int64_t> state_begin;   ///< S + 1: the first choice of each state
  Array<std::int64_t> choice_begin;  ///< C + 1: the first transition of each choice
  Array<std::int32_t> successor;     ///< N
  Array<double> probability;         ///< N, each positive, each row summing to one
  std::vector<Column> rewards;       ///< at least one; planners use the first
  std::vector<Column> costs;         ///< any number
  RewardDistributions reward_laws;
  Array<double> initial;                 ///< S probabilities, or empty: the model starts in state 0
  Array<std::int32_t> action;            ///< C action identifiers, unique in a state; empty: 0, 1, 2, ... in each state
  std::vector<std::string> state_names;  ///< S names or none
  std::vector<std::string> action_names;  ///< by action identifier, or none
  std::vector<Label> labels;
  std::optional<double> discount;  ///< what the file recommends

  friend bool operator==(const ModelData&, const ModelData&) = default;
};

/// A row that is no distribution over the states. Readers that know it add the line.
class InvalidRow : public InvalidModel {
 public:
  InvalidRow(const std::string& message, std::int64_t state, std::int64_t action)
      : InvalidModel(message), state_(state), action_(action) {}
  std::int64_t state() const { return state_; }
  std::int64_t action() const { return action_; }  ///< its identifier

 private:
  std::int64_t state_, action_;
};

/// Throws InvalidModel, naming state, choice and value, unless the data make a model; InvalidRow where a row is at
/// fault. Rows may miss one by 1e-9.
/// Cost: one pass over the transitions, in parallel.
void require_valid(const ModelData& data);

/// The same model with each row that is off by more than 2^-50, summed in order as well as exactly, divided by its sum;
/// copies nothing otherwise. Applying it twice changes nothing. A row rounded from numbers that sum to one is left as
/// it is.
ModelData normalised(ModelData data);

/// The same where the probabilities lie, for readers that own them and need no copy. Rows that require_valid would
/// refuse stay as they are, so that it can name them. Parallel.
void normalise_distributions(std::span<const std::int64_t> choice_begin, std::span<double> probability);

}  // namespace bellwether::mdp
