#include "solvers/exact/discounted/value_iteration.h"

#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {

Solution value_iteration(const Problem& problem, const ValueIterationOptions&, const SolveOptions& run_options) {
  using namespace discounted;
  Run run("value-iteration", problem, run_options);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), next(v.size());
  while (run.more()) {
    const mdp::Change change = jacobi_sweep(problem, view(v), view(next));
    v.swap(next);
    run.read(problem.model.num_transitions());
    run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), v);
  }
  return run.solution(v);
}

}  // namespace bellwether::solvers
