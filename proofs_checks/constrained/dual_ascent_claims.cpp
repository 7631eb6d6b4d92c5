// Dual ascent with steps R / (largest |excess| sqrt k): how fast the least dual value falls, and the mean's excess.
#include <algorithm>
#include <cmath>
#include <vector>

#include "mdp/constrained/instances.h"
#include "proofs_checks/bounds/constrained.h"
#include "proofs_checks/constrained/claims.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/dual_ascent.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::claims {
namespace {

using solvers::ConstrainedProblem;
using solvers::ConstrainedSolution;
using solvers::constrained::DualStep;

constexpr const char* kPage = "docs/papers/constrained-mdps.md";

void away_from_the_excess(std::vector<double>& u, const std::vector<double>& excess, double step) {
  solvers::constrained::projected_step(u, excess, -step);
}
void without_projection(std::vector<double>& u, const std::vector<double>& excess, double step) {
  for (std::size_t i = 0; i < u.size(); ++i) u[i] += step * excess[i];
}

/// What is seen of the steps, in the units of the multipliers.
struct Steps {
  std::int64_t count = 0;
  double total = 0, largest = 0, numerator = 0;  ///< sum of the steps, largest |excess|, R
  std::vector<double> excess = {};               ///< sum of step times excess

  void add(const std::vector<double>& u, const std::vector<double>& h, double step) {
    double squares = 0;
    for (std::size_t i = 0; i < h.size(); ++i)
      if (u[i] > 0 || h[i] > 0) squares += h[i] * h[i];
    largest = std::max(largest, std::sqrt(squares));
    if (count++ == 0) numerator = step * largest;
    total += step;
    excess.resize(h.size());
    for (std::size_t i = 0; i < h.size(); ++i) excess[i] += step * h[i];
  }
  /// Length of the mean excess, as far as it is one.
  double mean_excess() const {
    double squares = 0;
    for (const double sum : excess) squares += std::pow(std::max(0.0, sum / total), 2);
    return std::sqrt(squares);
  }
};

/// Two budgets that bind, or one beside a limit that half of the policies keep to for nothing.
ConstrainedProblem drawn_problem(Stream stream, bool slack) {
  ConstrainedProblem problem = solvers::with_binding_limits(
      {.model = mdp::random_cmdp(stream, {.states = 6, .actions = 3, .budgets = 2}), .discount = .8}, .4);
  if (slack) problem.model = problem.model.with_limits({problem.model.budgets()[0].limit, 2.5});
  return problem;
}

/// |u*| of the linear program's multipliers, in the units of the steps.
double distance_of(const ConstrainedProblem& problem, const ConstrainedSolution& exact) {
  const solvers::constrained::Lagrangian on(problem);
  double squares = 0;
  for (int i = 0; i < on.num_budgets(); ++i)
    squares += std::pow(exact.budgets[static_cast<std::size_t>(i)].multiplier * on.cost_scale(i), 2);
  return std::sqrt(squares);
}

/// The largest share of its bound that the gap (or the mean excess) takes; a dual value below the optimum is none.
Measurement shares(const Effort& effort, bool of_excess, const DualStep& move) {
  double worst = 0;
  std::int64_t runs = 0;
  for (int k = 0; k < effort.pick(6, 60); ++k) {
    const ConstrainedProblem problem = drawn_problem(effort.run(k), k % 2 == 1);
    const ConstrainedSolution exact = solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-9});
    const double distance = distance_of(problem, exact);
    for (const std::int64_t count : {100, 1000}) {
      Steps steps;
      const DualStep watched = [&](std::vector<double>& u, const std::vector<double>& h, double step) {
        steps.add(u, h, step);
        move(u, h, step);
      };
      const solvers::DualAscentOptions options{
          .iterations = count + 1, .rule = "square-root", .step = k % 3 == 0 ? 0 : distance};
      const ConstrainedSolution got = solvers::constrained::dual_ascent_by(watched, problem, options, {.tolerance = 0});
      if (got.optimum.upper < exact.optimum.lower) return {.measured = HUGE_VAL, .bound = 1, .detail = "no bound"};
      if (steps.count == 0) continue;
      worst = std::max(worst, of_excess
                                  ? steps.mean_excess() / bounds::dual_ascent_excess(steps.count, distance,
                                                                                     steps.numerator, steps.largest)
                                  : (got.optimum.upper - exact.optimum.lower) /
                                        bounds::dual_ascent_gap(steps.count, distance, steps.numerator, steps.largest));
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim rate_claim() {
  return {.id = "dual-ascent-rate",
          .family = "constrained",
          .statement =
              "The least dual value of k steps R / (G sqrt k) is an upper bound within "
              "(|u*|^2 + sum (step |h|)^2) / (2 sum step)",
          .page = kPage,
          .theorem = "Shor 1985, section 2.2",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return shares(effort, false, solvers::constrained::projected_step); },
          .controls = {{"wrong-sign", "moves the multipliers away from the excess",
                        [](const Effort& effort) { return shares(effort, false, away_from_the_excess); }},
                       {"no-projection", "lets multipliers fall below zero",
                        [](const Effort& effort) { return shares(effort, false, without_projection); }}}};
}

Claim excess_claim() {
  return {.id = "dual-ascent-mean-excess",
          .family = "constrained",
          .statement =
              "The mean of the policies, weighted by the steps, exceeds the limits by at most "
              "(|u*| + sqrt(|u*|^2 + sum (step |h|)^2)) / sum step",
          .page = kPage,
          .theorem = "Nedic and Ozdaglar 2009, Proposition 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return shares(effort, true, solvers::constrained::projected_step); },
          .controls = {{"wrong-sign", "moves the multipliers away from the excess",
                        [](const Effort& effort) { return shares(effort, true, away_from_the_excess); }}}};
}

}  // namespace

std::vector<Claim> dual_ascent_claims() { return {rate_claim(), excess_claim()}; }

}  // namespace bellwether::claims
