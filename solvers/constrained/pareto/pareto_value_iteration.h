#pragma once

#include <cstdint>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/pareto/coverage_set.h"

namespace bellwether::solvers {

struct ParetoValueIterationOptions {
  std::int64_t most_points = 1'000'000;
};
template <class Field>
void describe(ParetoValueIterationOptions& o, Field&& field) {
  field("most_points", o.most_points, at_least(1), "points kept at all states of a stage together");
}

/// What can be reached from a state without drawing, and how.
struct ParetoPlan {
  Objectives value;
  std::vector<std::int32_t> choices;  ///< of each stage, counted within its state
};

/// All Pareto-optimal vectors of plans from the initial state of a deterministic model over a finite horizon: V_h(s) =
/// the non-dominated r(s, c) + discount v, v in V_(h+1)(s') (docs/papers/c-morl.md). Deterministic plans
/// alone: the set need not be convex. Exact up to the rounding of H additions. InvalidModel, naming the place, when a
/// choice has two successors or the play begins in several states; InvalidOption when the criterion is not finite or
/// sets outgrow `most_points`.
std::vector<ParetoPlan> pareto_value_iteration(const MultiObjectiveProblem& problem,
                                               const ParetoValueIterationOptions& options = {});

}  // namespace bellwether::solvers
