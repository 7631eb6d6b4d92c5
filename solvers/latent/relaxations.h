#pragma once

#include <span>
#include <vector>

#include "mdp/latent/belief_model.h"
#include "solvers/latent/problem.h"

namespace bellwether::solvers::latent {

/// Numbers of a stage: [cell][choice][place].
using ChoiceTable = std::vector<std::vector<std::vector<double>>>;

/// Optima of easier problems, all proven upper bounds of the maximised problem, rounding included.
struct Relaxations {
  /// One table a stage (one in all for discounted problems): Q(x, k) . b bounds what choice k is worth at belief b.
  std::vector<ChoiceTable> seen_later;       ///< QMDP: the state is seen from the next step on
  std::vector<ChoiceTable> seen_late;        ///< fast informed bound (Hauskrecht 2000): the state is seen one step late
  double known = 0, qmdp = 0, informed = 0;  ///< at the start
};

/// Finite: both by backward induction. Discounted: the model with its states seen is solved with a proven error, and
/// the fast informed bound falls from there; each of its iterates is a bound.
Relaxations relax(const LatentProblem& problem, const mdp::BeliefModel& model, double backup_error);

/// The largest Q(x, k) . b over the choices of the cell, and which.
double largest(const std::vector<std::vector<double>>& of_choices, std::span<const double> belief,
               int* which = nullptr);

}  // namespace bellwether::solvers::latent
