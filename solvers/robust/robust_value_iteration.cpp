#include "solvers/robust/robust_value_iteration.h"

#include <utility>

#include "solvers/robust/run.h"

namespace bellwether::solvers {

RobustSolution robust_value_iteration(const RobustProblem& problem, const RobustValueIterationOptions& options,
                                      const SolveOptions& run_options) {
  using namespace robust;
  bellwether::require_valid("robust-value-iteration", options);
  Run run("robust-value-iteration", problem, options, run_options);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), next(v.size());
  while (run.more()) {
    const mdp::Change change = run.op().sweep(view(std::as_const(v)), view(next));
    if (run.broken_off()) break;
    v.swap(next);
    run.read(run.op().work());
    run.finish_iteration(change, v);
  }
  return run.solution(v);
}

}  // namespace bellwether::solvers
