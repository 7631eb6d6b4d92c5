#pragma once

#include "core/options.h"
#include "solvers/constrained/pareto/coverage_set.h"
#include "solvers/constrained/problem.h"

namespace bellwether::solvers {

// From one point of a front to others: raise one objective, keep a share of each other (docs/papers/c-morl.md).

/// As for any problem with several objectives, and one model throughout.
void require_one_model(const MultiObjectiveProblem& problem);

/// The problem "maximise objective `l`, every other objective i at least at_least[i]" (the entry of l is not used).
ConstrainedProblem epsilon_constraint(const MultiObjectiveProblem& problem, int l, const Objectives& at_least);

/// Solves it by the linear program, then, among its optima, for the largest sum of all objectives: the point found is
/// Pareto-optimal among all policies up to the tolerance. Nothing when no policy meets the thresholds.
struct Extension {
  bool found = false;
  FrontPoint point = {};
};
Extension extend_by_program(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                            double tolerance = 1e-7);

/// Thresholds of C-MORL: a share beta of each value that the point has, on the safe side of negative ones:
/// G - (1 - beta) |G|.
Objectives relaxed(const Objectives& point, double beta);

struct BarrierOptions {
  double sharpness = 20;
  int steps = 2000;
};
template <class Field>
void describe(BarrierOptions& o, Field&& field) {
  field("sharpness", o.sharpness, above(0), "t: the barrier is log / t, its optimum within (m - 1) / t");
  field("steps", o.steps, at_least(1), "natural gradient steps at most");
}

/// The same by interior points (C-MORL-IPO): natural policy gradient on J_l + (1/t) sum of log(J_i - threshold_i), each
/// step shortened until all thresholds keep being exceeded and the sum grows. `start` must exceed them. Discounted
/// problems.
struct BarrierRun {
  FrontPoint point = {};
  double smallest_slack = 0;  ///< of all iterates; positive
  int steps = 0;
};
BarrierRun extend_by_barrier(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                             const mdp::Policy& start, const BarrierOptions& options = {});

struct TrustRegionOptions {
  double radius = 0.01;
  int steps = 500;
};
template <class Field>
void describe(TrustRegionOptions& o, Field&& field) {
  field("radius", o.radius, above(0), "a step changes the policy by at most this divergence, averaged over visits");
  field("steps", o.steps, at_least(1), "steps at most");
}

/// The same by steps of constrained policy optimisation (C-MORL-CPO, Achiam et al. 2017): the best step of the linear
/// model of all objectives within a ball of the mean KL divergence, each shortened, and corrected for what the linear
/// model did not see, until all thresholds are kept and the objective grows. A start that is below a threshold is
/// repaired first. Discounted problems.
struct TrustRegionRun {
  bool found = false;  ///< the thresholds are met; false when repairs end below one
  FrontPoint point = {};
  double smallest_slack = 0;      ///< of all iterates from the first that meets the thresholds
  double largest_divergence = 0;  ///< of a step, averaged over the visits of the states before it
  int repairs = 0, steps = 0;
};
TrustRegionRun extend_by_trust_region(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                                      const mdp::Policy& start, const TrustRegionOptions& options = {});

}  // namespace bellwether::solvers
