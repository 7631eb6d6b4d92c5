#include "solvers/exact/discounted/evaluation_sweeps.h"

namespace bellwether::solvers::discounted {

void evaluation_sweeps(Run& run, const PolicyMatrix& policy, std::int64_t most, double enough, Eigen::VectorXd& v) {
  Eigen::VectorXd next(v.size());
  for (std::int64_t k = 0; k < most; ++k) {
    const mdp::Change change = policy.sweep(run.problem().discount, view(v), view(next));
    v.swap(next);
    if (!run.read(policy.num_transitions()) || change.high - change.low <= enough) return;
  }
}

}  // namespace bellwether::solvers::discounted
