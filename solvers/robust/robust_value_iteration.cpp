#include "solvers/robust/robust_value_iteration.h"

#include "solvers/robust/run.h"

namespace bellwether::solvers {

RobustSolution robust_value_iteration(const RobustProblem& problem, const RobustValueIterationOptions& options,
                                      const SolveOptions& run_options) {
  using namespace robust;
  bellwether::require_valid("robust-value-iteration", options);
  Run run("robust-value-iteration", problem, options, run_options);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
  sweep(run, v);
  return run.solution(v);
}

}  // namespace bellwether::solvers
