#include "solvers/automatic.h"

#include "solvers/exact/average/multichain_value_iteration.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/exact/total/total_reward.h"

namespace bellwether::solvers {

Solution automatic(const Problem& problem, const AutomaticOptions& options, const SolveOptions& run) {
  require_valid(problem);
  bellwether::require_valid("auto", options);
  require_total_options(problem, options.relative, options.must_reach_goal);
  switch (problem.criterion) {
    case Criterion::kDiscounted:
      return discounted_auto(problem, run);
    case Criterion::kFinite:
      return explained(backward_induction(problem, {}, run),
                       "chosen by auto: the one exact method for a finite horizon");
    case Criterion::kAverage:
      return average_auto(problem, run);
    case Criterion::kTotal:
    case Criterion::kReach: {
      TotalAutoOptions chosen;
      chosen.relative = options.relative;
      chosen.must_reach_goal = options.must_reach_goal;
      return explained(total_auto(problem, chosen, run),
                       "chosen by auto: component by component, small ones by policy iteration");
    }
  }
  return {};
}

}  // namespace bellwether::solvers
