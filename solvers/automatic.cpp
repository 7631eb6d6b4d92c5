#include "solvers/automatic.h"

#include <string_view>

#include "core/errors.h"
#include "solvers/exact/average/relative_value_iteration.h"
#include "solvers/exact/discounted/modified_policy_iteration.h"
#include "solvers/exact/finite/backward_induction.h"

namespace bellwether::solvers {
namespace {

Solution explained(Solution solution, std::string_view why) {
  solution.note = solution.note.empty() ? std::string(why) : std::string(why) + "; " + solution.note;
  return solution;
}

}  // namespace

Solution automatic(const Problem& problem, const AutomaticOptions& options, const SolveOptions& run) {
  require_valid(problem);
  switch (problem.criterion) {
    case Criterion::kDiscounted:
      return explained(modified_policy_iteration(problem, {}, run), "chosen by auto: cheap evaluation sweeps, certified bounds");
    case Criterion::kFinite:
      return explained(backward_induction(problem, {}, run), "chosen by auto: the one exact method for a finite horizon");
    case Criterion::kAverage:
      return explained(relative_value_iteration(problem, {}, run), "chosen by auto: its bounds hold for every model");
    default: break;
  }
  (void)options;
  throw InvalidOption("auto: no planner is registered for this criterion");
}

}  // namespace bellwether::solvers
