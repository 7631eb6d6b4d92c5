#include "solvers/exact/discounted/discounted_auto.h"

#include <algorithm>
#include <cstdint>

#include "solvers/exact/discounted/direct_finish.h"
#include "solvers/exact/discounted/flow_solver.h"
#include "solvers/exact/discounted/lazy_solver.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/exact/discounted/run.h"

namespace bellwether::solvers {

namespace {

/// Policy iteration after a run that turned out to mix slowly, whose work counts.
Solution factorised(const Problem& problem, const SolveOptions& run_options, const discounted::Run& before) {
  SolveOptions rest = run_options;
  rest.max_iterations = std::max<std::int64_t>(0, run_options.max_iterations - before.iterations());
  Solution solution = policy_iteration(problem, {}, rest);
  solution.note = "chosen by auto: the model mixes slowly and is small enough to factorise." +
                  (solution.note.empty() ? "" : " " + solution.note);
  solution.iterations += before.iterations();
  solution.transitions_read += before.transitions_read();
  return solution;
}

}  // namespace

Solution discounted_auto(const Problem& problem, const SolveOptions& run_options) {
  using namespace discounted;
  Run run("lazy-policy-iteration", problem, run_options);
  run.expect_few_iterations();
  {
    LazySolver lazy(run, {});
    if (lazy.solve(true) == LazySolver::End::kFinished) {
      run.add_note("chosen by auto: evaluation sweeps contract fast, so most choices need not be read twice.");
      return run.solution(lazy.answer());
    }
  }
  if (small_enough_to_factorise(problem.model)) return factorised(problem, run_options, run);
  // From the start again: the values so far are no better than what a few Gauss-Seidel sweeps give.
  run.hand_over_to("flow-policy-iteration");
  run.add_note("chosen by auto: the model mixes slowly, sweeps alone would take thousands of passes.");
  run.expect_few_iterations();
  FlowSolver flow(run, {});
  flow.solve();
  return finished(run, flow.answer());
}

}  // namespace bellwether::solvers
