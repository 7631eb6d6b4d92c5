#include "solvers/constrained/best_proof.h"

#include <limits>
#include <utility>

namespace bellwether::solvers::constrained {

double BestProof::worth(const ConstrainedSolution& solution) const {
  return solution.violation == 0 ? times(on_.sign(), solution.expected).lower
                                 : -std::numeric_limits<double>::infinity();
}

void BestProof::add(Outcome outcome) {
  outcome.multipliers = least_.multipliers();
  outcome.dual = least_.value();
  outcome.feasibility = &found_;
  Outcome flags{.algorithm = outcome.algorithm,
                .multipliers = outcome.multipliers,
                .priced = outcome.priced,
                .dual = outcome.dual,
                .iterations = outcome.iterations,
                .work = outcome.work,
                .stopped = outcome.stopped,
                .exhausted = outcome.exhausted};
  ConstrainedSolution now = conclude(on_, std::move(outcome), run_);
  const bool given_up = on_.planner().given_up();
  if (!any() || !(given_up || worth(solution_) > worth(now))) {
    solution_ = std::move(now);
    return;
  }
  solution_.infeasible_by = now.infeasible_by;
  flags.stopped = flags.stopped || given_up;
  if (flags.dual) judge(on_, flags, run_, solution_);
}

}  // namespace bellwether::solvers::constrained
