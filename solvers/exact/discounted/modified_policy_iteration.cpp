#include "solvers/exact/discounted/modified_policy_iteration.h"

#include "solvers/exact/discounted/evaluation_sweeps.h"
#include "solvers/exact/discounted/policy_matrix.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {

Solution modified_policy_iteration(const Problem& problem, const ModifiedPolicyIterationOptions& options,
                                   const SolveOptions& run_options) {
  return modified_policy_iteration_from(problem, Eigen::VectorXd::Zero(problem.model.num_states()), options,
                                        run_options);
}

Solution modified_policy_iteration_from(const Problem& problem, const Eigen::VectorXd& start,
                                        const ModifiedPolicyIterationOptions& options,
                                        const SolveOptions& run_options) {
  using namespace discounted;
  bellwether::require_valid("modified-policy-iteration", options);
  Run run("modified-policy-iteration", problem, run_options);
  Eigen::VectorXd v = start, backed_up = v;
  Choices choice, extracted;
  PolicyMatrix policy;
  while (run.more()) {
    const mdp::Change change = greedy_sweep(problem, view(v), view(backed_up), choice);
    run.read(problem.model.num_transitions());
    run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), backed_up);
    if (!run.more()) break;
    if (choice != extracted) {
      policy.extract(problem.model, choice);
      run.read(policy.num_transitions());
      extracted = choice;
    }
    // The improvement was the first of the m sweeps: its result is T_pi v.
    v = backed_up;
    evaluation_sweeps(run, policy, options.sweeps - 1, options.forcing * (change.high - change.low), v);
  }
  return run.solution(backed_up);
}

}  // namespace bellwether::solvers
