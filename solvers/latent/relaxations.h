#pragma once

#include <span>
#include <vector>

#include "core/solve.h"
#include "mdp/latent/belief_model.h"
#include "solvers/latent/problem.h"

namespace bellwether::solvers::latent {

/// Numbers of a stage: [cell][choice][place].
using ChoiceTable = std::vector<std::vector<std::vector<double>>>;

/// Optima of easier problems, all proven upper bounds of the maximised problem, rounding included.
struct Relaxations {
  /// Q(x, k) . b bounds what choice k is worth at belief b.
  ChoiceTable seen_later;                    ///< QMDP, at the start: the state is seen from the next step on
  std::vector<ChoiceTable> seen_late;        ///< one table a stage (one in all for discounted problems): fast informed
                                             ///< bound (Hauskrecht 2000): the state is seen one step late
  bool stopped = false;                      ///< the observer said so: the rest is as coarse as the largest reward
  double known = 0, qmdp = 0, informed = 0;  ///< at the start
};

/// Finite: both by backward induction. Discounted: the model with its states seen is solved with a proven error, and
/// the fast informed bound falls from there; each of its iterates is a bound.
Relaxations relax(const LatentProblem& problem, const mdp::BeliefModel& model, double backup_error,
                  const Observer& observer);

/// The largest Q(x, k) . b over the choices of the cell, and which.
double largest(const std::vector<std::vector<double>>& of_choices, std::span<const double> belief,
               int* which = nullptr);

}  // namespace bellwether::solvers::latent
