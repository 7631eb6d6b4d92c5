// Several objectives: what a coverage set promises for every weight, and how close a barrier comes.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "mdp/constrained/instances.h"
#include "proofs_checks/bounds/constrained.h"
#include "proofs_checks/constrained/claims.h"
#include "solvers/constrained/pareto/c_morl.h"
#include "solvers/constrained/pareto/coverage_set.h"
#include "solvers/constrained/pareto/pareto_value_iteration.h"
#include "solvers/constrained/pareto/points.h"

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

// --- Numbers of fronts -----------------------------------------------------------------------------------------------

using Front = std::vector<solvers::Objectives>;

MultiObjectiveProblem treasures() {
  return {.question = {.model = mdp::deep_sea_treasure(), .criterion = solvers::Criterion::kFinite, .horizon = 25},
          .objectives = {"treasure", "time"}};
}

Front all_treasures() {
  Front front;
  for (const solvers::ParetoPlan& plan : solvers::pareto_value_iteration(treasures())) front.push_back(plan.value);
  return front;
}

/// Points of the front, vertices of its hull, and the largest difference of the three measures from their numbers.
Measurement treasure_numbers(const Front& front) {
  const double volume = solvers::hypervolume(front, std::vector<double>{0, -25}), spread = solvers::sparsity(front),
               utility = solvers::expected_utility(front, solvers::weight_grid(2, 100));
  const auto vertices = solvers::linear_support(treasures()).values();
  const double counts =
      std::abs(static_cast<double>(front.size()) - 10) + std::abs(static_cast<double>(vertices.size()) - 9);
  const double worst =
      std::max({std::abs(volume - 401.8), std::abs(spread - 15.38222), std::abs(utility - 6.765792), counts});
  return {.measured = worst,
          .bound = 1e-5,
          .detail = fmt::format("hypervolume {:.6g}, sparsity {:.7g}, utility {:.7g}, {} vertices", volume, spread,
                                utility, vertices.size())};
}

Claim treasure_claim() {
  return {.id = "deep-sea-treasure-front",
          .family = "constrained",
          .statement = "Deep Sea Treasure has ten points, nine vertices, hypervolume 401.8, sparsity 15.38222",
          .page = kPage,
          .theorem = "Vamplew et al. 2011 (the convex map); exact sums",
          .kind = Kind::kEqual,
          .measure = [](const Effort&) { return treasure_numbers(all_treasures()); },
          .controls = {{"weights-only", "takes the points that are best for some weights", [](const Effort&) {
                          return treasure_numbers(solvers::linear_support(treasures()).values());
                        }}}};
}

double volume_of(const Front& front, std::size_t objectives) {
  return solvers::hypervolume(front, std::vector<double>(objectives, 0.0));
}

/// Of models with three objectives the share on which the last front dominates no less than a grid of weights with as
/// many solves; zero when a round ever makes the volume smaller.
Measurement growth(const Effort& effort, const solvers::CMorlOptions& options, bool thinned) {
  int better = 0;
  const int models = effort.pick(6, 60);
  for (int k = 0; k < models; ++k) {
    const MultiObjectiveProblem problem = drawn_objectives(effort.run(k), 3);
    const solvers::CMorlResult run = solvers::c_morl(problem, options);
    double last = 0;
    for (Front front : run.fronts) {
      if (thinned && front.size() > 6) front.resize(6);
      const double volume = volume_of(front, 3);
      if (volume < last * (1 - 1e-12)) return {.measured = 0, .bound = .8, .detail = "a round lost volume"};
      last = volume;
    }
    int divisions = 2;
    while (static_cast<std::int64_t>(solvers::weight_grid(3, divisions + 1).size()) <= run.solves) ++divisions;
    const solvers::CMorlResult grid = solvers::c_morl(problem, {.divisions = divisions, .rounds = 0});
    better += last >= volume_of(grid.fronts.back(), 3);
  }
  return {.measured = static_cast<double>(better) / models,
          .bound = .8,
          .replicates = models,
          .detail = "share of models on which it dominates more than a grid of weights"};
}

Claim growth_claim() {
  return {.id = "c-morl-grows-the-front",
          .family = "constrained",
          .statement = "Rounds of C-MORL never lose volume, and on 4 of 5 models beat as many solves on a weight grid",
          .page = kPage,
          .theorem = "Liu et al. 2025 (observed)",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return growth(effort, {.selected = 5, .rounds = 2}, false); },
          .controls = {{"small-buffer", "keeps the first six points of each round",
                        [](const Effort& effort) { return growth(effort, {.selected = 5, .rounds = 2}, true); }}}};
}

}  // namespace

std::vector<Claim> objective_claims() {
  return {coverage_claim(), barrier_claim(), trust_region_claim(), treasure_claim(), growth_claim()};
}

}  // namespace bellwether::claims
