#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mdp/graph/end_components.h"
#include "mdp/graph/quotient.h"
#include "solvers/exact/total/reduced_model.h"
#include "solvers/problem.h"

namespace bellwether::solvers::total {

/// What the graph says about a state of the quotient.
enum class Fate : std::uint8_t {
  kNumber,  ///< a finite value that must be computed: a state of the reduced model
  kZero,    ///< worth exactly 0
  kOne,     ///< the target is reached almost surely: worth exactly one_value
  kGain,    ///< plus infinity (in maximise form)
  kLoss     ///< minus infinity (in maximise form)
};

/// A problem after its qualitative part: which states are decided, and the reduced model of the others.
struct Prepared {
  mdp::TabularMdp model;  ///< the caller's rows with the rewards that count (0 for reachability)
  double sign = 1;        ///< +1 maximise, -1 minimise
  bool must_reach = false;
  mdp::ReverseTransitions reverse;
  mdp::EndComponents zero_parts;              ///< end components of zero-reward choices
  mdp::Quotient quotient;                     ///< of `model` by zero_parts
  std::vector<Fate> fate;                     ///< of each quotient state
  std::vector<std::int32_t> reduced_state;    ///< of each quotient state, -1 unless kNumber
  std::vector<std::int64_t> quotient_choice;  ///< a choice for decided states, -1 for kNumber
  std::vector<std::int64_t> decided_choice;   ///< choices of original states fixed beforehand, else -1
  ReducedModel reduced;
};

/// Throws InvalidModel when the total reward is not well defined (an end component whose rewards have both signs and
/// a best average of zero). Cost: near-linear (graph searches and end components).
Prepared prepare(const Problem& problem, bool must_reach_goal);

/// The policy that plays `row_choice` (a row of the reduced model for each of its states) and the decided choices.
mdp::Policy assemble_policy(const Prepared& prepared, const std::vector<std::int64_t>& row_choice);

}  // namespace bellwether::solvers::total
