#include "tests/unit/solvers/exact/discounted/all_solvers.h"

#include <stdexcept>

#include "solvers/exact/discounted/action_elimination.h"
#include "solvers/exact/discounted/anchored_value_iteration.h"
#include "solvers/exact/discounted/anderson.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/exact/discounted/flow_policy_iteration.h"
#include "solvers/exact/discounted/gauss_seidel.h"
#include "solvers/exact/discounted/inexact_policy_iteration.h"
#include "solvers/exact/discounted/lazy_policy_iteration.h"
#include "solvers/exact/discounted/modified_policy_iteration.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/exact/discounted/prioritised_sweeping.h"
#include "solvers/exact/discounted/successive_over_relaxation.h"
#include "solvers/exact/discounted/topological_value_iteration.h"
#include "solvers/exact/discounted/value_iteration.h"

namespace bellwether::test {
namespace {

using namespace solvers;

template <class Options>
SolverCase with(std::string name, std::string registered,
                Solution (*solve)(const Problem&, const Options&, const SolveOptions&), Options options = {},
                bool slow = false) {
  return {std::move(name), std::move(registered),
          [=](const Problem& problem, const SolveOptions& run) { return solve(problem, options, run); }, slow};
}

}  // namespace

const std::vector<SolverCase>& all_solvers() {
  static const std::vector<SolverCase> cases = {
      with("ValueIteration", "value-iteration", &value_iteration),
      with("GaussSeidel", "gauss-seidel", &gauss_seidel),
      with("GaussSeidelBackward", "gauss-seidel", &gauss_seidel, {.order = "backward"}),
      with("GaussSeidelSymmetric", "gauss-seidel", &gauss_seidel, {.order = "symmetric"}),
      with("OverRelaxation", "successive-over-relaxation", &successive_over_relaxation),
      with("OverRelaxationBold", "successive-over-relaxation", &successive_over_relaxation, {.omega = 1.4}),
      with("OverRelaxationTimid", "successive-over-relaxation", &successive_over_relaxation, {.omega = 0.7}),
      with("PrioritisedSweeping", "prioritised-sweeping", &prioritised_sweeping, {}, true),
      with("Topological", "topological-value-iteration", &topological_value_iteration),
      with("Anderson", "anderson", &anderson),
      with("Anchored", "anchored-value-iteration", &anchored_value_iteration, {}, true),
      with("PolicyIterationDense", "policy-iteration", &policy_iteration, {.factorisation = "dense"}),
      with("PolicyIterationSparse", "policy-iteration", &policy_iteration, {.factorisation = "sparse"}),
      with("ModifiedPolicyIteration", "modified-policy-iteration", &modified_policy_iteration),
      with("ModifiedPolicyIterationFixed", "modified-policy-iteration", &modified_policy_iteration,
           {.sweeps = 7, .forcing = 0}),
      with("InexactBicgstab", "inexact-policy-iteration", &inexact_policy_iteration),
      with("InexactGmresIlut", "inexact-policy-iteration", &inexact_policy_iteration,
           {.krylov = "gmres", .preconditioner = "ilut"}),
      with("InexactGmresJacobi", "inexact-policy-iteration", &inexact_policy_iteration,
           {.krylov = "gmres", .preconditioner = "jacobi", .restart = 5}),
      with("InexactLoose", "inexact-policy-iteration", &inexact_policy_iteration, {.forcing = 0.9, .inner = 1}),
      with("Lazy", "lazy-policy-iteration", &lazy_policy_iteration),
      with("LazyShort", "lazy-policy-iteration", &lazy_policy_iteration, {.sweeps = 2, .forcing = 0.5}),
      with("Flow", "flow-policy-iteration", &flow_policy_iteration),
      with("FlowShort", "flow-policy-iteration", &flow_policy_iteration,
           {.first_sweeps = 1, .sweeps = 1, .forcing = 0.5, .products = 2}),
      with("ActionElimination", "action-elimination", &action_elimination),
  };
  return cases;
}

Solution solve(const std::string& case_name, const Problem& problem, const SolveOptions& options) {
  for (const SolverCase& c : all_solvers())
    if (c.name == case_name) return c.solve(problem, options);
  throw std::logic_error("no solver case " + case_name);
}

}  // namespace bellwether::test
