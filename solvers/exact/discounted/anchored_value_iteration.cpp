#include "solvers/exact/discounted/anchored_value_iteration.h"

#include <cmath>

#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {

double next_anchor_weight(double previous, double discount) {
  // 1/b_k = 1 + discount^-2 / b_{k-1}, written without the quotient that overflows.
  const double scaled = discount * discount * previous;
  return scaled / (1 + scaled);
}

double anchored_rate(double discount, std::int64_t k, bool rising) {
  // (1/g - g)(1 + 2g - g^(k+1)) / (g^-(k+1) - g^(k+1)), both sides multiplied by g^(k+1).
  const double power = std::pow(discount, static_cast<double>(k)), next = power * discount;
  const double constant = 1 + (rising ? 1 : 2) * discount - next;
  return power * (1 - discount * discount) * constant / (1 - next * next);
}

Solution anchored_value_iteration(const Problem& problem, const AnchoredValueIterationOptions&,
                                  const SolveOptions& run_options) {
  using namespace discounted;
  Run run("anchored-value-iteration", problem, run_options);
  // V_0 = 0, so the anchor's own term vanishes.
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up = v;
  double weight = 1;
  while (run.more()) {
    const mdp::Change change = jacobi_sweep(problem, view(v), view(backed_up));
    run.read(problem.model.num_transitions());
    run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), backed_up);
    weight = next_anchor_weight(weight, problem.discount);
    v = (1 - weight) * backed_up;
  }
  return run.solution(backed_up);
}

}  // namespace bellwether::solvers
