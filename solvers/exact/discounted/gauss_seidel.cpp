#include "solvers/exact/discounted/gauss_seidel.h"

#include "solvers/exact/discounted/in_place.h"
#include "solvers/exact/discounted/run.h"

namespace bellwether::solvers {

Solution gauss_seidel(const Problem& problem, const GaussSeidelOptions& options, const SolveOptions& run_options) {
  using namespace discounted;
  bellwether::require_valid("gauss-seidel", options);
  Run run("gauss-seidel", problem, run_options);
  const SweepOrder order = sweep_order(options.order);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
  OccasionalCheck check;
  mdp::Change change;
  const auto take_all = [](int, double, double best) { return best; };
  while (run.more() && in_place_sweep(run, order, v, take_all, change)) check.finish_iteration(run, change, v);
  return run.solution(v);
}

}  // namespace bellwether::solvers
