#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/pareto/points.h"
#include "solvers/constrained/vector_planner.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// Several reward or cost columns of one model, all to be maximised together from the initial distribution.
struct MultiObjectiveProblem {
  Problem question;  ///< its criterion; kDiscounted, kFinite or kAverage. Its direction is not used
  std::vector<std::string> objectives;
};

/// InvalidOption or InvalidModel, naming what is wrong, unless there are two objectives at least that all exist.
void require_valid(const MultiObjectiveProblem& problem);

/// A policy and what it collects.
struct FrontPoint {
  constrained::AnyPolicy policy = {};
  std::vector<Bounded> value = {};
  Objectives at() const;
};

/// Policies of which for every weighting one is best, up to `gap`.
struct CoverageSet {
  Status status = Status::kNotRun;
  std::vector<FrontPoint> points;  ///< by the first objective, ascending; none dominated
  /// Proven: for all weights w >= 0 that sum to one, the best weighted sum of all policies, randomised ones too, is at
  /// most that of the best point plus this.
  double gap = std::numeric_limits<double>::infinity();
  std::int64_t solves = 0;   ///< exact solves
  std::int64_t corners = 0;  ///< weights at which the upper envelope of the points was checked

  std::vector<Objectives> values() const;
};

struct LinearSupportOptions {
  double precision = 1e-9;
};
template <class Field>
void describe(LinearSupportOptions& o, Field&& field) {
  field("precision", o.precision, at_least(0),
        "of weighted sums, as a share of what can be collected; finer where the tolerance is");
}

/// Optimistic linear support (Roijers 2016): solves at the corners of the upper envelope of the points found so far,
/// where the optimistic bound promises most first, until no corner improves (docs/papers/c-morl.md).
/// Certificate: the optimal value is convex in the weights, so over each cell of the envelope it exceeds its point by
/// at most what it does at the corners; `gap` is the largest proven excess there. Cost: one exact solve a corner; two
/// to four objectives (InvalidOption beyond).
CoverageSet linear_support(const MultiObjectiveProblem& problem, const LinearSupportOptions& options = {},
                           const SolveOptions& run = {});

/// Two objectives: between two neighbours solves for the weights of their line and recurses where a policy lies beyond
/// it (Aneja and Nair 1979). The same set, certificate and cost.
CoverageSet two_objective_sweep(const MultiObjectiveProblem& problem, const LinearSupportOptions& options = {},
                                const SolveOptions& run = {});

}  // namespace bellwether::solvers
