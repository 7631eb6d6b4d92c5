// The linear program and its dual: strong duality, slopes, vertices, proofs of infeasibility, mixtures.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "mdp/constrained/instances.h"
#include "proofs_checks/bounds/constrained.h"
#include "proofs_checks/constrained/claims.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/column_pool.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::claims {
namespace {

using solvers::ConstrainedProblem;
using solvers::ConstrainedSolution;

constexpr const char* kPage = "docs/papers/constrained-mdps.md";

ConstrainedProblem drawn_problem(Stream stream, int budgets, double discount = .9) {
  const mdp::ConstrainedMdp model =
      mdp::random_cmdp(stream.child("model"), {.states = 6, .actions = 3, .budgets = budgets});
  return solvers::with_binding_limits({.model = model, .discount = discount},
                                      .2 + .4 * stream.child("share").uniform());
}

/// visit(problem) for so many drawn problems with one, two and three budgets.
void for_each_problem(const Effort& effort, int fast, int full,
                      const std::function<void(const ConstrainedProblem&)>& visit) {
  for (int k = 0; k < effort.pick(fast, full); ++k)
    visit(drawn_problem(effort.stream.child(static_cast<std::uint64_t>(k)), 1 + k % 3));
}

ConstrainedSolution solved(const ConstrainedProblem& problem) {
  return solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-8});
}

std::vector<double> multipliers(const ConstrainedSolution& solution) {
  std::vector<double> y;
  for (const solvers::BudgetReport& budget : solution.budgets) y.push_back(std::abs(budget.multiplier));
  return y;
}

// --- Strong duality --------------------------------------------------------------------------------------------------

/// |value of the exactly evaluated policy - D(scale * y)|, relative to what can be collected.
Measurement duality(const Effort& effort, double scale) {
  double worst = 0;
  std::int64_t problems = 0;
  for_each_problem(effort, 30, 300, [&](const ConstrainedProblem& problem) {
    const solvers::constrained::Lagrangian on(problem);
    const ConstrainedSolution primal = solved(problem);
    std::vector<double> y = multipliers(primal);
    for (double& x : y) x *= scale;
    const double dual = on.dual(y, 1e-10).value.value;
    worst = std::max(worst, std::abs(dual - primal.expected.value) / on.reward_scale());
    ++problems;
  });
  return {.measured = worst, .bound = 1e-8, .replicates = problems, .detail = "largest relative difference"};
}

Claim duality_claim() {
  return {
      .id = "budgets-strong-duality",
      .family = "constrained",
      .statement = "The best feasible policy is worth the least of the dual function, although policies are not convex",
      .page = kPage,
      .theorem = "Altman 1999, Theorem 3.6; Paternain et al. 2019",
      .kind = Kind::kEqual,
      .measure = [](const Effort& effort) { return duality(effort, 1); },
      .controls = {{"half-multipliers", "evaluates the dual function at half the multipliers",
                    [](const Effort& effort) { return duality(effort, .5); }},
                   {"no-multipliers", "ignores the budgets in the dual function",
                    [](const Effort& effort) { return duality(effort, 0); }}}};
}

// --- Slopes ----------------------------------------------------------------------------------------------------------

Measurement slopes(const Effort& effort, double factor) {
  double worst = 0;
  std::int64_t checked = 0;
  for_each_problem(effort, 20, 200, [&](const ConstrainedProblem& problem) {
    const ConstrainedSolution here = solvers::occupancy_lp(problem, {}, {.tolerance = 1e-9});
    for (std::size_t i = 0; i < here.budgets.size(); ++i) {
      const solvers::BudgetReport& budget = here.budgets[i];
      const double low = std::max(budget.stays_from, budget.limit - .01),
                   high = std::min(budget.stays_to, budget.limit + .01);
      if (high - low < 1e-4) continue;  // at a corner there is no derivative
      const auto value_at = [&](double limit) {
        std::vector<double> limits;
        for (const mdp::Budget& b : problem.model.budgets()) limits.push_back(b.limit);
        limits[i] = limit;
        ConstrainedProblem moved = problem;
        moved.model = problem.model.with_limits(limits);
        return solved(moved).optimum.value;
      };
      worst = std::max(worst, std::abs((value_at(high) - value_at(low)) / (high - low) - factor * budget.multiplier));
      ++checked;
    }
  });
  return {.measured = worst, .bound = 1e-3, .replicates = checked, .detail = "largest |slope - multiplier|"};
}

Claim slopes_claim() {
  return {.id = "multipliers-are-slopes",
          .family = "constrained",
          .statement = "A multiplier is the derivative of the optimal value in its limit, as far as the reported range",
          .page = kPage,
          .theorem = "linear programming duality (Altman 1999, section 3.3)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return slopes(effort, 1); },
          .controls = {{"wrong-sign", "takes the multiplier with the other sign",
                        [](const Effort& effort) { return slopes(effort, -1); }},
                       {"not-normalised", "takes it times 1 - discount",
                        [](const Effort& effort) { return slopes(effort, .1); }}}};
}

// --- Vertices --------------------------------------------------------------------------------------------------------

/// Problems whose optimal occupancy has more positive entries than states and budgets; `mixed` averages it with that of
/// a second vertex.
Measurement support(const Effort& effort, bool mixed) {
  std::int64_t problems = 0, violated = 0;
  for_each_problem(effort, 100, 1000, [&](const ConstrainedProblem& problem) {
    const solvers::constrained::Lagrangian on(problem);
    auto answer = solvers::constrained::OccupancyProgram(on, false).solve({.method = "dual"});
    if (mixed) {
      ConstrainedProblem other = problem;
      other.direction = solvers::Direction::kMinimise;
      const solvers::constrained::Lagrangian turned(other);
      const auto second = solvers::constrained::OccupancyProgram(turned, false).solve({.method = "dual"});
      for (std::size_t c = 0; c < answer.x.size(); ++c) answer.x[c] = .5 * (answer.x[c] + second.x[c]);
    }
    const auto positive = std::count_if(answer.x.begin(), answer.x.end(), [](double x) { return x > 1e-9; });
    ++problems;
    violated += positive > bounds::positive_occupancies(problem.model.model().num_states(), problem.num_budgets());
  });
  return never(violated, problems, 0, "problems whose optimal policy randomises more often than there are budgets");
}

Claim support_claim() {
  return {.id = "few-randomised-states",
          .family = "constrained",
          .statement = "A vertex of the occupancy program has at most S + m positive entries",
          .page = kPage,
          .theorem = "Altman 1999, Theorem 3.8",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return support(effort, false); },
          .controls = {{"no-vertex", "counts the mean of two vertices",
                        [](const Effort& effort) { return support(effort, true); }}}};
}

// --- Infeasibility ---------------------------------------------------------------------------------------------------

mdp::Policy drawn_policy(const mdp::TabularMdp& model, Stream& draw) {
  std::vector<double> p(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    double total = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      // Cubed, so that some policies are nearly deterministic.
      const double u = draw.uniform();
      total += p[static_cast<std::size_t>(c)] = u * u * u + 1e-3;
    }
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      p[static_cast<std::size_t>(c)] /= total;
  }
  return mdp::Policy::randomised(std::move(p));
}

/// Policies that cost less than a certificate says any can: the cheapest for the weights, and drawn ones. `inflate`
/// claims that much more than was proven.
Measurement certificates(const Effort& effort, double inflate) {
  std::int64_t policies = 0, violated = 0;
  for_each_problem(effort, 20, 200, [&](const ConstrainedProblem& feasible) {
    ConstrainedProblem problem = feasible;
    std::vector<double> limits;
    for (const mdp::Budget& budget : feasible.model.budgets()) limits.push_back(.6 * budget.limit);
    problem.model = feasible.model.with_limits(limits);
    const ConstrainedSolution answer = solved(problem);
    if (!answer.infeasibility) return;
    const solvers::constrained::Lagrangian on(problem);
    std::vector<double> weights = {0};
    for (const double y : answer.infeasibility->weights) weights.push_back(-y);
    std::vector<solvers::constrained::AnyPolicy> tried = {on.planner().best(weights, 1e-9).policy};
    Stream draw = effort.stream.child("policies");
    for (int k = 0; k < 50; ++k) tried.push_back({.stationary = drawn_policy(problem.model.model(), draw)});
    for (const auto& policy : tried) {
      const auto cost = on.planner().evaluate(policy);
      double mean = 0;
      for (std::size_t i = 0; i < limits.size(); ++i) mean += answer.infeasibility->weights[i] * cost[i + 1].upper;
      ++policies;
      violated += mean < answer.infeasibility->least_mean * (1 + inflate);
    }
  });
  return never(violated, policies, 0, "policies that cost less than a certificate allows");
}

Claim certificate_claim() {
  return {.id = "infeasible-for-certain",
          .family = "constrained",
          .statement = "When a problem is called infeasible, no policy has a weighted cost below the certificate's",
          .page = kPage,
          .theorem = "Farkas' lemma for the occupancy program",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return certificates(effort, 0); },
          .controls = {{"inflated", "claims a hundredth more than was proven",
                        [](const Effort& effort) { return certificates(effort, .01); }}}};
}

// --- Mixtures --------------------------------------------------------------------------------------------------------

/// |cost of the mixture of two policies - mean of their costs|.
Measurement mixtures(const Effort& effort, bool of_occupancies) {
  double worst = 0;
  std::int64_t mixed = 0;
  for_each_problem(effort, 20, 200, [&](const ConstrainedProblem& problem) {
    const solvers::constrained::Lagrangian on(problem);
    const mdp::TabularMdp& model = problem.model.model();
    std::vector<solvers::constrained::AnyPolicy> both;
    for (const double y : {0.0, 3.0}) {
      const std::vector<double> all(static_cast<std::size_t>(problem.num_budgets()), y);
      both.push_back(on.dual(all, 1e-10).best.policy);
    }
    const std::vector<double> half = {.5, .5};
    solvers::constrained::AnyPolicy mixture = on.planner().mix(both, half);
    if (!of_occupancies) {
      std::vector<double> p(static_cast<std::size_t>(model.num_choices()), 0.0);
      for (int s = 0; s < model.num_states(); ++s)
        for (const auto& policy : both)
          p[static_cast<std::size_t>(model.first_choice(s) +
                                     policy.stationary.choices()[static_cast<std::size_t>(s)])] += .5;
      mixture.stationary = mdp::Policy::randomised(std::move(p));
    }
    const auto a = on.planner().evaluate(both[0]), b = on.planner().evaluate(both[1]),
               got = on.planner().evaluate(mixture);
    for (std::size_t k = 0; k < got.size(); ++k)
      worst = std::max(worst, std::abs(got[k].value - .5 * (a[k].value + b[k].value)));
    ++mixed;
  });
  return {.measured = worst, .bound = 1e-9, .replicates = mixed, .detail = "largest difference from the mean"};
}

Claim mixture_claim() {
  return {.id = "mix-occupancies",
          .family = "constrained",
          .statement = "A policy read off the mean of two occupancies collects the mean of what the two collect",
          .page = kPage,
          .theorem = "Altman 1999, Theorem 3.2",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return mixtures(effort, true); },
          .controls = {{"action-probabilities", "averages the probabilities of actions instead",
                        [](const Effort& effort) { return mixtures(effort, false); }}}};
}

// --- Multipliers -----------------------------------------------------------------------------------------------------

/// The largest ratio of the sum of multipliers to its bound; `slack_factor` overstates the slack of the safe policy.
Measurement dual_radius(const Effort& effort, double slack_factor) {
  double worst = 0;
  std::int64_t problems = 0;
  for_each_problem(effort, 30, 300, [&](const ConstrainedProblem& problem) {
    const solvers::constrained::Lagrangian on(problem);
    solvers::constrained::ColumnPool pool(on);
    const auto found = solvers::constrained::find_safe(on, pool);
    if (!found.safe) return;
    double slack = 1e300, sum = 0;
    for (int i = 0; i < on.num_budgets(); ++i)
      slack = std::min(slack, on.limit(i) - found.collected[static_cast<std::size_t>(i) + 1].upper);
    const ConstrainedSolution best = solved(problem);
    for (const double y : multipliers(best)) sum += y;
    const double above = best.optimum.upper - found.collected.front().lower;
    worst = std::max(worst, sum / bounds::largest_multipliers(above, slack * slack_factor));
    ++problems;
  });
  return {
      .measured = worst, .bound = 1 + 1e-6, .replicates = problems, .detail = "largest ratio of the sum to its bound"};
}

Claim dual_radius_claim() {
  return {.id = "multipliers-are-bounded",
          .family = "constrained",
          .statement = "Optimal multipliers sum to at most (V* - V of a safe policy) / (what it leaves of every limit)",
          .page = kPage,
          .theorem = "Ding et al. 2020, Lemma 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return dual_radius(effort, 1); },
          .controls = {{"too-much-slack", "takes the safe policy for ten times as safe",
                        [](const Effort& effort) { return dual_radius(effort, 10); }}}};
}

}  // namespace

std::vector<Claim> program_claims() {
  return {duality_claim(), slopes_claim(), support_claim(), certificate_claim(), mixture_claim(), dual_radius_claim()};
}

}  // namespace bellwether::claims
