#include "solvers/registry.h"

#include <string>

#include <fmt/format.h>

#include "solvers/automatic.h"
#include "solvers/exact/average/average_policy_iteration.h"
#include "solvers/exact/average/multichain_value_iteration.h"
#include "solvers/exact/average/relative_value_iteration.h"
#include "solvers/exact/discounted/action_elimination.h"
#include "solvers/exact/discounted/anchored_value_iteration.h"
#include "solvers/exact/discounted/anderson.h"
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
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/exact/lp/linear_programming.h"
#include "solvers/exact/total/total_reward.h"
#include "solvers/mirror/dynamic_policy_gradient.h"
#include "solvers/mirror/mdpo.h"
#include "solvers/mirror/policy_gradient.h"
#include "solvers/mirror/policy_mirror_descent.h"
#include "solvers/planner_table.h"

namespace bellwether::solvers {
namespace {

template <class Options, Solution (*Planner)(const Problem&, const Options&, const SolveOptions&)>
SolverRow row(std::string_view name, std::vector<Criterion> criteria, std::string_view page, std::string_view summary,
              bool first_order = false) {
  auto made = planner_row<SolverRow, Options, Planner>(name, std::move(criteria), page, summary);
  made.first_order = first_order;
  return made;
}

std::vector<SolverRow> make_table() {
  using enum Criterion;
  constexpr std::string_view kExact = "docs/papers/exact-solvers.md";
  constexpr std::string_view kTotalPage = "docs/papers/total-reward.md";
  constexpr std::string_view kAveragePage = "docs/papers/average-reward.md";
  constexpr std::string_view kGradientPage = "docs/papers/policy-gradient.md";
  return {
      row<AutomaticOptions, automatic>("auto", {kDiscounted, kFinite, kTotal, kReach, kAverage}, kExact,
                                       "looks at the model, picks a planner and says why"),
      row<ValueIterationOptions, value_iteration>("value-iteration", {kDiscounted}, kExact,
                                                  "Jacobi value iteration with MacQueen's bounds"),
      row<GaussSeidelOptions, gauss_seidel>("gauss-seidel", {kDiscounted}, kExact,
                                            "value iteration that uses new values at once"),
      row<SuccessiveOverRelaxationOptions, successive_over_relaxation>("successive-over-relaxation", {kDiscounted},
                                                                       kExact, "Gauss-Seidel steps, lengthened safely"),
      row<PrioritisedSweepingOptions, prioritised_sweeping>("prioritised-sweeping", {kDiscounted}, kExact,
                                                            "backs up where the residual is largest"),
      row<TopologicalValueIterationOptions, topological_value_iteration>(
          "topological-value-iteration", {kDiscounted}, kExact, "strongly connected components, last ones first"),
      row<AndersonOptions, anderson>("anderson", {kDiscounted}, kExact,
                                     "value iteration with safeguarded Anderson acceleration"),
      row<AnchoredValueIterationOptions, anchored_value_iteration>("anchored-value-iteration", {kDiscounted}, kExact,
                                                                   "Halpern's anchoring (Lee and Ryu 2023)"),
      row<LazyPolicyIterationOptions, lazy_policy_iteration>("lazy-policy-iteration", {kDiscounted}, kExact,
                                                             "reads a choice again only when it may have become best"),
      row<FlowPolicyIterationOptions, flow_policy_iteration>(
          "flow-policy-iteration", {kDiscounted}, kExact,
          "Gauss-Seidel sweeps and preconditioned BiCGSTAB, for models that mix slowly"),
      row<PolicyIterationOptions, policy_iteration>("policy-iteration", {kDiscounted}, kExact,
                                                    "Howard's, with a sparse LU"),
      row<ModifiedPolicyIterationOptions, modified_policy_iteration>(
          "modified-policy-iteration", {kDiscounted}, kExact, "a few sweeps of evaluation between two improvements"),
      row<InexactPolicyIterationOptions, inexact_policy_iteration>("inexact-policy-iteration", {kDiscounted}, kExact,
                                                                   "Krylov evaluation with a forcing sequence"),
      row<ActionEliminationOptions, action_elimination>("action-elimination", {kDiscounted}, kExact,
                                                        "value iteration that drops choices proven worse"),
      row<IntervalIterationOptions, interval_iteration>("interval-iteration", {kTotal, kReach}, kTotalPage,
                                                        "sweeps from below and above, sound everywhere"),
      row<OptimisticValueIterationOptions, optimistic_value_iteration>(
          "optimistic-value-iteration", {kTotal, kReach}, kTotalPage,
          "sweeps from below, a guessed upper bound proven by induction"),
      row<TotalTopologicalOptions, total_topological_value_iteration>(
          "topological-value-iteration", {kTotal, kReach}, kTotalPage, "interval iteration component by component"),
      row<TotalPolicyIterationOptions, total_policy_iteration>("policy-iteration", {kTotal, kReach}, kTotalPage,
                                                               "Howard's with sparse LU, bounds proven by induction"),
      row<RelativeValueIterationOptions, relative_value_iteration>("relative-value-iteration", {kAverage}, kAveragePage,
                                                                   "damped sweeps; one gain for all states"),
      row<MultichainValueIterationOptions, multichain_value_iteration>(
          "multichain-value-iteration", {kAverage}, kAveragePage,
          "relative value iteration in each end component, and where to stay"),
      row<AveragePolicyIterationOptions, average_policy_iteration>("policy-iteration", {kAverage}, kAveragePage,
                                                                   "Howard's: gain first, then bias"),
      row<LinearProgrammingOptions, linear_programming>("linear-programming", {kDiscounted, kAverage},
                                                        "docs/papers/linear-programming.md",
                                                        "Clp, primal or dual form, proven by policy iteration"),
      row<BackwardInductionOptions, backward_induction>("backward-induction", {kFinite},
                                                        "docs/papers/finite-horizon.md",
                                                        "exact recursion from the last stage to the first"),
      row<PolicyMirrorDescentOptions, policy_mirror_descent>(
          "policy-mirror-descent", {kDiscounted}, "docs/papers/policy-mirror-descent.md",
          "KL, Euclidean or Tsallis steps, adaptive, constant or geometric"),
      row<NaturalPolicyGradientOptions, natural_policy_gradient>("natural-policy-gradient", {kDiscounted},
                                                                 kGradientPage,
                                                                 "multiplicative weights with Q, constant step", true),
      row<SoftmaxPolicyGradientOptions, softmax_policy_gradient>(
          "softmax-policy-gradient", {kDiscounted}, kGradientPage,
          "exact gradient ascent on logits, with entropy or a log barrier", true),
      row<ProjectedPolicyGradientOptions, projected_policy_gradient>(
          "projected-policy-gradient", {kDiscounted}, kGradientPage,
          "exact gradient ascent on probabilities, projected on the simplex", true),
      row<MdpoOptions, mdpo>("mdpo", {kDiscounted}, "docs/papers/mdpo.md",
                             "mirror descent policy optimisation; steps of PPO and TRPO beside it", true),
      row<DynamicPolicyGradientOptions, dynamic_policy_gradient>(
          "dynamic-policy-gradient", {kFinite}, "docs/papers/dynamic-policy-gradient.md",
          "softmax gradients stage by stage from the last", true),
      row<SimultaneousPolicyGradientOptions, simultaneous_policy_gradient>(
          "simultaneous-policy-gradient", {kFinite}, "docs/papers/dynamic-policy-gradient.md",
          "softmax gradients of all stages at once", true),
  };
}

const std::vector<SolverRow>& table() {
  static const std::vector<SolverRow> rows = make_table();
  return rows;
}

}  // namespace

std::span<const SolverRow> solver_table() { return table(); }

const SolverRow& find_solver(std::string_view name, Criterion criterion) {
  return find_planner_row(
      solver_table(), name, [&](const SolverRow& row) { return row.solves(criterion); }, "",
      fmt::format("problems of the criterion {}", to_string(criterion)));
}

}  // namespace bellwether::solvers
