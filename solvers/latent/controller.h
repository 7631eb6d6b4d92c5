#pragma once

#include <cstdint>
#include <vector>

#include "mdp/latent/belief_model.h"
#include "solvers/latent/problem.h"

namespace bellwether::solvers {

/// A node of a controller: what to do in a cell of the belief model, and where each message leads.
struct ControllerNode {
  std::int32_t cell = 0, choice = 0;
  std::vector<std::int32_t> next = {};  ///< a node for each message of the choice; empty when the play ends
  /// Alpha vector: for each place of the cell, what the controller is proven to earn from here (when minimising: to
  /// cost at most), up to the rounding that the planner's bounds include. Empty when the planner keeps none.
  std::vector<double> alpha = {};
};

/// A policy as a finite-state controller: the play begins in node start[i] when the i-th start of the belief model is
/// what was seen, and moves by what is seen.
struct Controller {
  std::vector<ControllerNode> nodes = {};
  std::vector<std::int32_t> start = {};

  bool empty() const { return nodes.empty(); }
  /// InvalidModel, naming node and number, unless the controller fits the model.
  void require_fits(const mdp::BeliefModel& model) const;
};

/// The nodes that a play can reach, renumbered in order of first visit.
Controller reachable(const Controller& controller);

/// A number with proven bounds, rounding included.
struct Enclosed {
  double value = 0, lower = 0, upper = 0;
};

/// What a controller earns in the problem, from the initial distribution: the chain on pairs (node, place) is evaluated
/// exactly. Cost: one factorisation; at a finite horizon one pass a stage over the pairs that a play can be in then.
Enclosed evaluate(const Controller& controller, const LatentProblem& problem);

}  // namespace bellwether::solvers
