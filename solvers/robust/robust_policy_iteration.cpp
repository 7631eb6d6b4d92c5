#include "solvers/robust/robust_policy_iteration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/run.h"

namespace bellwether::solvers {

RobustSolution partial_policy_iteration(const RobustProblem& problem, const PartialPolicyIterationOptions& options,
                                        const SolveOptions& run_options) {
  using namespace robust;
  bellwether::require_valid("partial-policy-iteration", options);
  Run run("partial-policy-iteration", problem, options, run_options);
  run.let_sweeps_follow();
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up = v;
  Decision decision;
  double accuracy = std::numeric_limits<double>::infinity();
  while (run.more()) {
    const mdp::Change change = run.op().improve(view(std::as_const(v)), view(backed_up), decision);
    if (run.broken_off()) return run.solution(v);
    run.read(run.op().work());
    run.finish_iteration(change, backed_up);
    if (!run.more()) break;
    v = backed_up;
    // |T_pi v - v| <= (1 - discount) eps_k after the shift below is a span of at most twice that.
    accuracy =
        std::min(std::pow(problem.discount, options.exponent) * accuracy, options.first * (change.high - change.low));
    const mdp::Change last =
        evaluate(run, decision, {.sweeps = options.sweeps, .enough = accuracy, .solves = options.solves}, v);
    // T_pi (v + k) = T_pi v + discount k: the constant that centres the next change on zero.
    const double centre = last.low + (last.high - last.low) / 2,
                 shift = problem.discount / (1 - problem.discount) * centre;
    if (std::isfinite(shift)) v.array() += shift;
  }
  return sweep_and_conclude(run, std::move(backed_up));
}

RobustSolution robust_modified_policy_iteration(const RobustProblem& problem,
                                                const RobustModifiedPolicyIterationOptions& options,
                                                const SolveOptions& run_options) {
  using namespace robust;
  bellwether::require_valid("robust-modified-policy-iteration", options);
  Run run("robust-modified-policy-iteration", problem, options, run_options);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up = v;
  Decision decision;
  while (run.more()) {
    const mdp::Change change = run.op().improve(view(std::as_const(v)), view(backed_up), decision);
    if (run.broken_off()) return run.solution(v);
    run.read(run.op().work());
    run.finish_iteration(change, backed_up);
    if (!run.more()) break;
    v = backed_up;  // the improvement was the first of the sweeps
    if (options.sweeps > 1) {
      evaluate(run, decision,
               {.sweeps = options.sweeps - 1, .enough = options.forcing * (change.high - change.low), .solves = false},
               v);
    }
  }
  return run.solution(backed_up);
}

RobustSolution robust_policy_iteration(const RobustProblem& problem, const RobustPolicyIterationOptions& options,
                                       const SolveOptions& run_options) {
  using namespace robust;
  bellwether::require_valid("robust-policy-iteration", options);
  Run run("robust-policy-iteration", problem, options, run_options);
  run.let_sweeps_follow();
  if (!small_enough_to_solve(problem.model.nominal())) {
    throw InvalidOption(
        fmt::format("robust-policy-iteration: the model has {} states; linear solves are for up to "
                    "20000, partial-policy-iteration works without them",
                    problem.model.num_states()));
  }
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up = v;
  Decision decision;
  while (run.more()) {
    const mdp::Change change = run.op().improve(view(std::as_const(v)), view(backed_up), decision);
    if (run.broken_off()) return run.solution(v);
    run.read(run.op().work());
    run.finish_iteration(change, backed_up);
    if (!run.more()) break;
    v = backed_up;
    evaluate(run, decision, {.sweeps = 1, .enough = 0, .solves = true}, v);
  }
  return sweep_and_conclude(run, std::move(backed_up));
}

}  // namespace bellwether::solvers
