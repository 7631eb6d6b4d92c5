#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/graph/components.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// The Markov chain a policy makes of a model: a sparse stochastic matrix, one row a state, and the expected reward of
/// a step. Successors are ascending and appear once in a row.
struct MarkovChain {
  std::vector<std::int64_t> row_begin;  ///< S + 1
  std::vector<std::int32_t> successor;
  std::vector<double> probability;
  std::vector<double> reward;

  int num_states() const { return static_cast<int>(row_begin.size()) - 1; }
  Digraph graph() const { return {row_begin, successor}; }
};

/// A step that a chain takes with some probability.
struct ChainStep {
  std::int32_t next;
  double probability;
};

/// The probability of playing choice c of the model in its state s and moving as a transition of it does. InvalidModel
/// when the product underflows: the chain would lack an edge.
double step_probability(const TabularMdp& model, int s, std::int64_t c, double weight, double probability);

/// Appends the row of the next state: its steps sorted, those to one successor added up in the order given. `row` is
/// empty afterwards. Returns the largest number of steps that were added up.
std::int64_t append_row(std::vector<ChainStep>& row, MarkovChain& chain);

/// Rows and rewards averaged with the policy's probabilities (copied when it is deterministic and successors differ).
MarkovChain induced_chain(const TabularMdp& model, const Policy& policy);

/// The recurrent classes of a chain and the states that leave for good.
struct RecurrentClasses {
  std::vector<std::int32_t> class_of;              ///< of each state, -1 for transient states
  std::vector<std::vector<std::int32_t>> members;  ///< each ascending, ordered by their smallest state
  std::vector<std::int32_t> period;                ///< of each class

  int count() const { return static_cast<int>(members.size()); }
};

/// Linear time: strongly connected components without a way out; the period is the greatest common divisor of
/// level(s) + 1 - level(s') over the edges of the class, levels counted from any of its states.
RecurrentClasses recurrent_classes(const MarkovChain& chain);

}  // namespace bellwether::mdp
