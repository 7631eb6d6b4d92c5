#pragma once

#include <string>

#include "core/options.h"
#include "solvers/constrained/first_order/loop.h"
#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers {

// First-order methods for discounted problems (docs/papers/constrained-mdps.md, "First-order methods"; ReLOAD:
// docs/papers/reload.md). All evaluate exactly, once a step; value, violation and multipliers along the way are in
// `path`, and the answer is proven as that of the other planners: the least value of the dual function at the last or
// the mean multipliers of any proof from above; from below the best of the policies proven, each mixed with a safe one
// until it provably keeps to the budgets. `infeasible_by` says what the method's own policy exceeded at the end. Cost a
// step: an LU of the states (sweeps beyond 150).

struct NpgPrimalDualOptions : FirstOrderOptions {
  NpgPrimalDualOptions() { output = "average"; }
};
/// Natural policy gradient with a projected dual step (Ding et al. 2020): policies times exp(step / (1 - discount) q),
/// step = 2 log A, dual step 2 (1 - discount) / sqrt(T), T = iterations + 1 policies. Converges on average; the last
/// iterate circles.
ConstrainedSolution npg_primal_dual(const ConstrainedProblem& problem, const NpgPrimalDualOptions& options = {},
                                    const SolveOptions& run = {});

struct PidLagrangianOptions : FirstOrderOptions {
  double proportional = 1, integral = 0.02, derivative = 0.5;
};
template <class Field>
void describe(PidLagrangianOptions& o, Field&& field) {
  describe(static_cast<FirstOrderOptions&>(o), field);
  field("proportional", o.proportional, at_least(0), "gain of the excess");
  field("integral", o.integral, at_least(0), "gain of the excess added up");
  field("derivative", o.derivative, at_least(0), "gain of its growth");
}
/// Multipliers by a PID controller on the excess (Stooke et al. 2020); `dual_step` multiplies all gains.
ConstrainedSolution pid_lagrangian(const ConstrainedProblem& problem, const PidLagrangianOptions& options = {},
                                   const SolveOptions& run = {});

struct RpgPdOptions : FirstOrderOptions {
  double tau = 0.05;
};
template <class Field>
void describe(RpgPdOptions& o, Field&& field) {
  describe(static_cast<FirstOrderOptions&>(o), field);
  field("tau", o.tau, above(0), "weight of entropy and of half the squared multipliers");
}
/// Regularised policy gradient primal-dual (Ding, Wei, Zhang and Ribeiro 2023): the last iterate converges to the
/// saddle point of the regularised game, O(tau) away. Steps must be small against tau.
ConstrainedSolution rpg_pd(const ConstrainedProblem& problem, const RpgPdOptions& options = {},
                           const SolveOptions& run = {});

struct OpgPdOptions : FirstOrderOptions {};
/// Optimistic policy gradient primal-dual (the same paper): Euclidean steps on the simplices from a centre that
/// follows.
ConstrainedSolution opg_pd(const ConstrainedProblem& problem, const OpgPdOptions& options = {},
                           const SolveOptions& run = {});

struct ExtraGradientOptions : FirstOrderOptions {};
/// Euclidean steps with a fresh gradient at the half step: two evaluations a step.
ConstrainedSolution extra_gradient(const ConstrainedProblem& problem, const ExtraGradientOptions& options = {},
                                   const SolveOptions& run = {});

struct CrpoOptions : FirstOrderOptions {
  CrpoOptions() { output = "average"; }
  double slack = 0.01;
};
template <class Field>
void describe(CrpoOptions& o, Field&& field) {
  describe(static_cast<FirstOrderOptions&>(o), field);
  field("slack", o.slack, at_least(0), "excess that is let pass, as a share of what a play can cost");
}
/// CRPO (Xu, Liang and Lan 2021): a natural gradient step on the most exceeded cost while one is exceeded, else on the
/// reward; no multipliers, but steps on a cost over steps on the reward are reported as such. The average is that of
/// the reward steps.
ConstrainedSolution crpo(const ConstrainedProblem& problem, const CrpoOptions& options = {},
                         const SolveOptions& run = {});

struct ReloadOptions : FirstOrderOptions {
  bool optimistic = true;
};
template <class Field>
void describe(ReloadOptions& o, Field&& field) {
  describe(static_cast<FirstOrderOptions&>(o), field);
  field("optimistic", o.optimistic, any_value(), "steps along 2 new - old gradient; false: plain descent-ascent");
}
/// ReLOAD (Moskovitz et al. 2023), policy form: policies times exp(step (2 q_k - q_(k-1))), multipliers plus
/// dual_step (2 h_k - h_(k-1)). The last iterate converges; without `optimistic` it circles.
ConstrainedSolution reload(const ConstrainedProblem& problem, const ReloadOptions& options = {},
                           const SolveOptions& run = {});

struct ReloadOccupancyOptions : ReloadOptions {
  ReloadOccupancyOptions() = default;
  std::string geometry = "euclidean";
};
template <class Field>
void describe(ReloadOccupancyOptions& o, Field&& field) {
  describe(static_cast<ReloadOptions&>(o), field);
  field("geometry", o.geometry, one_of({"euclidean", "entropy"}), "Bregman projection on the occupancy measures");
}
/// The form of the theorem: the same steps on occupancy measures, projected on the flow polytope. Small models alone.
ConstrainedSolution reload_occupancy(const ConstrainedProblem& problem, const ReloadOccupancyOptions& options = {},
                                     const SolveOptions& run = {});

}  // namespace bellwether::solvers
