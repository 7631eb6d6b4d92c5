// Several objectives: what a coverage set promises for every weight, and how close a barrier comes.
#include <algorithm>
#include <cmath>
#include <vector>

#include "mdp/constrained/instances.h"
#include "proofs_checks/bounds/constrained.h"
#include "proofs_checks/constrained/claims.h"
#include "solvers/constrained/pareto/c_morl.h"
#include "solvers/constrained/pareto/coverage_set.h"

namespace bellwether::claims {
namespace {

using solvers::MultiObjectiveProblem;

constexpr const char* kPage = "docs/papers/c-morl.md";

MultiObjectiveProblem drawn_objectives(const Stream& stream, int objectives) {
  const mdp::TabularMdp model = mdp::random_cmdp(stream, {.states = 6, .actions = 3, .budgets = objectives}).model();
  MultiObjectiveProblem problem{.question = {.model = model, .discount = .9}, .objectives = {}};
  for (const mdp::Column& cost : model.data().costs) problem.objectives.push_back(cost.name);
  return problem;
}

/// Weights at which some policy beats the set by more than its gap; `drop` forgets every other point.
Measurement coverage(const Effort& effort, bool drop) {
  std::int64_t weights = 0, violated = 0;
  for (int k = 0; k < effort.pick(4, 40); ++k) {
    const Stream stream = effort.stream.child(static_cast<std::uint64_t>(k));
    const MultiObjectiveProblem problem = drawn_objectives(stream, 2 + k % 2);
    const solvers::CoverageSet set = solvers::linear_support(problem);
    const solvers::constrained::VectorPlanner planner(problem.question, problem.objectives);
    std::vector<solvers::Objectives> points = set.values();
    if (drop) {
      std::vector<solvers::Objectives> kept;
      for (std::size_t j = 0; j < points.size(); j += 2) kept.push_back(points[j]);
      points = std::move(kept);
    }
    Stream draw = stream.child("weights");
    for (int trial = 0; trial < 40; ++trial) {
      std::vector<double> w;
      double total = 0, best = -1e300;
      for (std::size_t i = 0; i < problem.objectives.size(); ++i) total += w.emplace_back(draw.uniform() + 1e-6);
      for (double& x : w) x /= total;
      for (const solvers::Objectives& p : points) {
        double sum = 0;
        for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * p[i];
        best = std::max(best, sum);
      }
      ++weights;
      violated += planner.best(w, 1e-9).value.lower > best + set.gap;
    }
  }
  return never(violated, weights, 0, "weights for which the set holds no best policy");
}

Claim coverage_claim() {
  return {.id = "linear-support-covers",
          .family = "constrained",
          .statement = "For every weighting the coverage set holds a policy within its proven gap of the best",
          .page = kPage,
          .theorem = "Roijers 2016, Theorem 7",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return coverage(effort, false); },
          .controls = {{"every-other-point", "forgets every other point of the set",
                        [](const Effort& effort) { return coverage(effort, true); }}}};
}

/// What is done to the barrier method.
struct Barrier {
  int steps = 5000;
  bool all_thresholds = true;  ///< false: the barrier stands before the first alone
};

/// (optimum - barrier's value) / ((m - 1) / t); infinite where a threshold is not met.
Measurement barrier(const Effort& effort, const Barrier& kind) {
  double worst = 0;
  std::int64_t runs = 0;
  for (int k = 0; k < effort.pick(3, 20); ++k) {
    const MultiObjectiveProblem problem = drawn_objectives(effort.stream.child(static_cast<std::uint64_t>(k)), 3);
    const solvers::CMorlResult grid = solvers::c_morl(problem, {.rounds = 0});
    const solvers::FrontPoint& start = grid.points[grid.points.size() / 2];
    const solvers::Objectives thresholds = solvers::relaxed(start.at(), .9);
    const solvers::Extension exact = solvers::extend_by_program(problem, 0, thresholds);
    if (!exact.found) continue;
    solvers::Objectives kept = thresholds;
    if (!kind.all_thresholds) kept.back() = -1e6;
    for (const double t : {20.0, 100.0}) {
      const solvers::BarrierRun run =
          solvers::extend_by_barrier(problem, 0, kept, start.policy.stationary, {.sharpness = t, .steps = kind.steps});
      const solvers::Objectives& got = run.point.at();
      for (std::size_t i = 1; i < got.size(); ++i)
        if (got[i] < thresholds[i]) worst = HUGE_VAL;
      worst = std::max(worst, (exact.point.at()[0] - got[0] - 1e-4) / bounds::barrier_gap(2, t));
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim barrier_claim() {
  return {.id = "barrier-gap",
          .family = "constrained",
          .statement = "The log barrier's policy meets the thresholds, within (m - 1) / t of the constrained optimum",
          .page = kPage,
          .theorem = "Boyd and Vandenberghe 2004, section 11.2; Liu et al. 2025",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return barrier(effort, {}); },
          .controls = {
              {"missing-threshold", "leaves the barrier before the last threshold out",
               [](const Effort& effort) { return barrier(effort, {.all_thresholds = false}); }},
              {"stops-early", "takes two steps", [](const Effort& effort) { return barrier(effort, {.steps = 2}); }}}};
}

/// How far steps within a trust region end from the optimum of the program; infinite when an iterate is below a
/// threshold or farther from the one before than the radius.
Measurement trust_region(const Effort& effort, int steps) {
  double worst = 0;
  std::int64_t runs = 0;
  constexpr double kRadius = .01;
  for (int k = 0; k < effort.pick(4, 40); ++k) {
    const MultiObjectiveProblem problem =
        drawn_objectives(effort.stream.child(static_cast<std::uint64_t>(k)), 2 + k % 2);
    const solvers::CMorlResult grid = solvers::c_morl(problem, {.rounds = 0});
    const solvers::FrontPoint& start = grid.points[grid.points.size() / 2];
    const solvers::Objectives thresholds = solvers::relaxed(start.at(), .9);
    for (std::size_t l = 0; l < problem.objectives.size(); ++l) {
      const auto objective = static_cast<int>(l);
      const solvers::Extension exact = solvers::extend_by_program(problem, objective, thresholds);
      const solvers::TrustRegionRun run = solvers::extend_by_trust_region(
          problem, objective, thresholds, start.policy.stationary, {.radius = kRadius, .steps = steps});
      const bool kept = run.found && run.smallest_slack >= 0 && run.largest_divergence <= kRadius;
      worst = kept ? std::max(worst, std::abs(exact.point.at()[l] - run.point.at()[l])) : HUGE_VAL;
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1e-4, .replicates = runs, .detail = "largest distance from the program"};
}

Claim trust_region_claim() {
  return {.id = "trust-region-ends-at-program",
          .family = "constrained",
          .statement = "Steps within a trust region keep every threshold and end at the optimum of the program",
          .page = kPage,
          .theorem = "Achiam, Held, Tamar and Abbeel 2017; Liu et al. 2025 (C-MORL-CPO)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return trust_region(effort, 500); },
          .controls = {
              {"five-steps", "stops after five steps", [](const Effort& effort) { return trust_region(effort, 5); }}}};
}

}  // namespace

std::vector<Claim> objective_claims() { return {coverage_claim(), barrier_claim(), trust_region_claim()}; }

}  // namespace bellwether::claims
