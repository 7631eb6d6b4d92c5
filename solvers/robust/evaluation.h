#pragma once

#include <cstdint>
#include <string>

#include <Eigen/Core>

#include "solvers/robust/run.h"

namespace bellwether::solvers {

struct RobustEvaluationOptions : RobustOptions {
  int sweeps = 50;
};

template <class Field>
void describe(RobustEvaluationOptions& o, Field&& field) {
  describe(static_cast<RobustOptions&>(o), field);
  field("sweeps", o.sweeps, at_least(1), "sweeps before nature's policy iteration with linear solves takes over");
}

/// What a policy (randomised ones too) is worth when nature answers it: the fixed point of T_pi. Bounds as always; the
/// policy of the result is the one given. InvalidModel when the policy does not fit the model. Cost: sweeps over the
/// rows that are played; where they mix slowly (and in models of up to 20,000 states) nature's own policy iteration:
/// answer, solve the chain of both, answer again.
RobustSolution evaluate_robust(const RobustProblem& problem, const mdp::Policy& policy,
                               const RobustEvaluationOptions& options = {}, const SolveOptions& run = {});

/// Nature's best stationary answer to a policy: a row for every choice of the model, those that are not played
/// included, from the values of `evaluate_robust`.
NatureRows best_response(const RobustProblem& problem, const mdp::Policy& policy, const SolveOptions& run = {});

namespace robust {

/// What an evaluation may cost.
struct EvaluationEffort {
  std::int64_t sweeps = 100;  ///< v <- T_pi v at most so often
  double enough = 0;          ///< the span of the change at which it ends
  bool solves = true;         ///< nature's policy iteration afterwards, when the sweeps did not reach it
};

/// Brings v close to the robust value of the decision; the last change.
mdp::Change evaluate(Run& run, const Decision& decision, const EvaluationEffort& effort, Eigen::VectorXd& v);

/// The model is small enough for linear solves with the chain of a policy and nature.
bool small_enough_to_solve(const mdp::TabularMdp& model);

}  // namespace robust

}  // namespace bellwether::solvers
