#include "solvers/exact/discounted/topological_value_iteration.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "mdp/graph/components.h"
#include "solvers/exact/discounted/component_solver.h"
#include "solvers/exact/discounted/run.h"

namespace bellwether::solvers {

Solution topological_value_iteration(const Problem& problem, const TopologicalValueIterationOptions&,
                                     const SolveOptions& run_options) {
  using namespace discounted;
  Run run("topological-value-iteration", problem, run_options);
  const mdp::Components components = mdp::strongly_connected_components(problem.model);
  ComponentSolver solver(run, components);
  int cycles = 0, largest = 0;
  for (int k = 0; k < components.count(); ++k) {
    cycles += components.size_of(k) > 1;
    largest = std::max(largest, components.size_of(k));
  }
  // An error in the exits reaches a component discounted at least once, so shares w_k of the tolerance add up to at
  // most sum discount^i w and to sum w: the larger of the two even splits is safe. Half is left for rounding.
  const double share = std::max(1 - problem.discount, 1.0 / std::max(1, cycles));
  for (int k = 0; k < components.count(); ++k) solver.solve(k, 0.5 * share * run_options.tolerance);
  const double states = problem.model.num_states();
  const bool finished = run.more();
  run.advance_to(static_cast<std::int64_t>(std::ceil(static_cast<double>(solver.backups()) / states)), 0);
  run.add_note(
      fmt::format("{} strongly connected components, {} of them with more than one state, the largest with {}.",
                  components.count(), cycles, largest));
  if (finished) run.finish_at_fixed_point();
  return run.solution(solver.take_certificate());
}

}  // namespace bellwether::solvers
