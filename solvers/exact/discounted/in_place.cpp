#include "solvers/exact/discounted/in_place.h"

namespace bellwether::solvers::discounted {

SweepOrder sweep_order(std::string_view name) {
  if (name == "backward") return SweepOrder::kBackward;
  return name == "symmetric" ? SweepOrder::kSymmetric : SweepOrder::kForward;
}

void OccasionalCheck::finish_iteration(Run& run, const mdp::Change& change, const Eigen::VectorXd& v) {
  const RunningBound own = in_place_bound(run.error(), change);
  if (run.iterations() + 1 < next_) return run.finish_iteration(own, change.residual(), v);
  next_ = next_ + next_ / 8 + 1;
  backed_up_.resize(v.size());
  const mdp::Change check = jacobi_sweep(run.problem(), view(v), view(backed_up_));
  run.read(run.problem().model.num_transitions());
  const RunningBound macqueen = macqueen_bound(run.error(), check);
  run.finish_iteration(macqueen.width < own.width ? macqueen : own, check.residual(), backed_up_);
}

}  // namespace bellwether::solvers::discounted
