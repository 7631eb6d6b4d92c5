// Different planners, one answer: known numbers, programs against searches, and the shape of the value in the budget.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "mdp/constrained/instances.h"
#include "proofs_checks/constrained/claims.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/deterministic.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::claims {
namespace {

using solvers::ConstrainedProblem;
using solvers::ConstrainedSolution;
using Planner = std::function<ConstrainedSolution(const ConstrainedProblem&)>;

constexpr const char* kPage = "docs/papers/constrained-mdps.md";
const solvers::SolveOptions kClosely{.tolerance = 1e-8};

ConstrainedSolution by_program(const ConstrainedProblem& problem) {
  return solvers::occupancy_lp(problem, {.sensitivity = false}, kClosely);
}
ConstrainedSolution by_bisection(const ConstrainedProblem& problem) {
  return solvers::dual_bisection(problem, {}, kClosely);
}
ConstrainedSolution by_bundle(const ConstrainedProblem& problem) { return solvers::bundle(problem, {}, kClosely); }
ConstrainedSolution without_draws(const ConstrainedProblem& problem) {
  return solvers::deterministic(problem, {}, kClosely);
}

// --- The example of the page -----------------------------------------------------------------------------------------

/// The largest difference from the numbers of the page.
Measurement example(const std::vector<Planner>& planners) {
  struct Known {
    double limit, value, multiplier;
    std::size_t choice;
    double probability;  ///< with which the policy takes that choice
  };
  constexpr double kAny = -1;
  double worst = 0;
  for (const Planner& planner : planners) {
    for (const Known& known : {Known{1, 1.201970, 1.290640, 0, .996923}, Known{2, 2.492611, 1.290640, 0, kAny},
                               Known{3, 3.783251, 1.290640, 0, kAny}, Known{5, 5.639024, .712195, 2, .657778},
                               Known{6, 5.975460, 0, 0, kAny}}) {
      const ConstrainedSolution got = planner({.model = mdp::two_state_cmdp(known.limit), .discount = .9});
      worst = std::max(
          {worst, std::abs(got.expected.value - known.value), std::abs(got.budgets[0].multiplier - known.multiplier)});
      if (known.probability == kAny) continue;
      const auto drawn = got.policy.choice_probabilities();
      worst = std::max(worst, drawn.empty() ? 1 : std::abs(drawn[known.choice] - known.probability));
    }
    const ConstrainedSolution too_little = planner({.model = mdp::two_state_cmdp(.2), .discount = .9});
    const bool proven = too_little.status == Status::kInfeasible && too_little.infeasibility.has_value();
    worst = std::max(worst, proven ? std::abs(too_little.infeasibility->least_mean - .978261) : 1);
  }
  return {.measured = worst,
          .bound = 1e-6,
          .replicates = static_cast<std::int64_t>(planners.size()),
          .detail = "largest difference from the page, over planners"};
}

Claim example_claim() {
  return {.id = "two-state-budget-numbers",
          .family = "constrained",
          .statement = "Program, bisection and cutting planes give the page's values, prices, draws and least cost",
          .page = kPage,
          .theorem = "numbers of an independent linear program (\"An example\")",
          .kind = Kind::kEqual,
          .measure =
              [](const Effort&) {
                return example({by_program, by_bisection, by_bundle});
              },
          .controls = {{"no-draws", "takes the best policy that never draws",
                        [](const Effort&) { return example({without_draws}); }}}};
}

// --- Planners agree --------------------------------------------------------------------------------------------------

ConstrainedProblem drawn_problem(Stream stream, int budgets) {
  return solvers::with_binding_limits(
      {.model = mdp::random_cmdp(stream, {.states = 6, .actions = 3, .budgets = budgets}), .discount = .9}, .4);
}

/// By how much two planners are apart beyond what their gaps allow: the larger of the distance of their intervals of
/// the optimum and of |V - V'| - gap - gap'. Nothing is below zero.
double beyond_gaps(const ConstrainedSolution& a, const ConstrainedSolution& b) {
  return std::max({0.0, a.optimum.lower - b.optimum.upper, b.optimum.lower - a.optimum.upper,
                   std::abs(a.expected.value - b.expected.value) - a.gap - b.gap});
}

Measurement agreement(const Effort& effort, const Planner& one_budget) {
  double worst = 0;
  std::int64_t problems = 0;
  for (int k = 0; k < effort.pick(15, 150); ++k) {
    const int budgets = 1 + k % 3;
    const ConstrainedProblem problem = drawn_problem(effort.run(k), budgets);
    const ConstrainedSolution program = by_program(problem);
    if (!(program.gap < 1e-6)) return {.measured = HUGE_VAL, .bound = 0, .detail = "a program without a proof"};
    worst = std::max(worst, beyond_gaps(program, by_bundle(problem)));
    if (budgets == 1) worst = std::max(worst, beyond_gaps(program, one_budget(problem)));
    ++problems;
  }
  return {.measured = worst, .bound = 0, .replicates = problems, .detail = "largest distance beyond the gaps"};
}

Claim agreement_claim() {
  return {.id = "budget-planners-agree",
          .family = "constrained",
          .statement = "Linear program, dual bisection and cutting planes agree to within their proven gaps",
          .page = kPage,
          .theorem = "strong duality (Altman 1999, Theorem 3.6) and the certificate (\"The proof\")",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return agreement(effort, by_bisection); },
          .controls = {{"one-policy", "does not mix the two policies around the multiplier",
                        [](const Effort& effort) { return agreement(effort, without_draws); }}}};
}

// --- The value as a function of the budget ---------------------------------------------------------------------------

/// By how much V(d) ever falls as d grows, or lies below the chord of its neighbours.
Measurement shape(const Effort& effort, const Planner& planner) {
  constexpr int kPoints = 9;
  double worst = 0;
  std::int64_t checked = 0;
  for (int k = 0; k < effort.pick(6, 60); ++k) {
    const ConstrainedProblem drawn = drawn_problem(effort.run(k), 1);
    const ConstrainedProblem widest = solvers::with_binding_limits(drawn, 1);
    const double low = solvers::with_binding_limits(drawn, 0).model.budgets()[0].limit;
    const double high = widest.model.budgets()[0].limit;
    std::vector<double> value;
    for (int j = 0; j < kPoints; ++j) {
      ConstrainedProblem at = drawn;
      at.model = drawn.model.with_limits({low + (high - low) * j / (kPoints - 1)});
      value.push_back(planner(at).expected.value);
    }
    for (std::size_t j = 1; j < kPoints; ++j) {
      worst = std::max(worst, value[j - 1] - value[j]);
      if (j + 1 < kPoints) worst = std::max(worst, (value[j - 1] + value[j + 1]) / 2 - value[j]);
      ++checked;
    }
  }
  return {.measured = worst, .bound = 1e-6, .replicates = checked, .detail = "largest fall, or distance below a chord"};
}

Claim shape_claim() {
  return {.id = "value-concave-in-budget",
          .family = "constrained",
          .statement = "The best value is a concave function of the budget that does not fall",
          .page = kPage,
          .theorem = "linear programming (Altman 1999, section 3.3)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return shape(effort, by_bisection); },
          .controls = {{"no-draws", "takes the best policy that never draws, whose value rises in steps",
                        [](const Effort& effort) { return shape(effort, without_draws); }}}};
}

}  // namespace

std::vector<Claim> planner_claims() { return {example_claim(), agreement_claim(), shape_claim()}; }

}  // namespace bellwether::claims
