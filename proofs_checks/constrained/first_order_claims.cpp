// First-order methods: averages of descent-ascent, last iterates with optimism, regularised saddle points.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "mdp/constrained/instances.h"
#include "proofs_checks/bounds/constrained.h"
#include "proofs_checks/constrained/claims.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::claims {
namespace {

using solvers::ConstrainedProblem;
using solvers::ConstrainedSolution;
using solvers::PathRow;

constexpr const char* kPage = "docs/papers/constrained-mdps.md";
constexpr const char* kReload = "docs/papers/reload.md";

ConstrainedProblem bandit() { return {.model = mdp::bandit_cmdp(), .discount = 0}; }

ConstrainedProblem drawn_problem(const Stream& stream, double discount) {
  return solvers::with_binding_limits(
      {.model = mdp::random_cmdp(stream, {.states = 6, .actions = 3}), .discount = discount}, .4);
}

const solvers::SolveOptions& to_the_end() {
  static const solvers::SolveOptions run{.tolerance = 0};
  return run;
}

// --- Natural policy gradient primal-dual -----------------------------------------------------------------------------

struct Averages {
  double gap = 0, excess = 0;  ///< V* - mean V, mean excess
};

/// What is done to the method.
struct Wrong {
  bool minimises = false;  ///< steps against the gradient of the reward
  bool no_prices = false;  ///< multipliers stay at next to nothing
};

/// The method with the theorem's own constants: rewards and costs are in [0, 1] as they are.
Averages npg_averages(ConstrainedProblem problem, std::int64_t steps, double slack, double optimum,
                      const Wrong& wrong) {
  if (wrong.minimises) problem.direction = solvers::Direction::kMinimise;
  solvers::NpgPrimalDualOptions options;
  options.output = "last";
  options.iterations = steps - 1;
  options.record = 1;
  options.cap = wrong.no_prices ? 1e-12 : 2 / ((1 - problem.discount) * slack);
  const ConstrainedSolution run = solvers::npg_primal_dual(problem, options, to_the_end());
  Averages mean;
  for (const PathRow& row : run.path) {
    mean.gap += (optimum - row.value) / static_cast<double>(run.path.size());
    mean.excess += row.violation / static_cast<double>(run.path.size());
  }
  return mean;
}

/// The largest ratio of an average to its bound.
Measurement npg(const Effort& effort, bool of_excess, const Wrong& wrong = {}) {
  double worst = -1e300;
  std::int64_t runs = 0;
  std::vector<ConstrainedProblem> problems = {bandit()};
  for (int k = 0; k < effort.pick(3, 20); ++k)
    problems.push_back(drawn_problem(effort.stream.child(static_cast<std::uint64_t>(k)), k % 2 == 0 ? .8 : .5));
  for (const ConstrainedProblem& problem : problems) {
    const solvers::constrained::Lagrangian on(problem);
    solvers::constrained::ColumnPool pool(on);
    const auto found = solvers::constrained::find_safe(on, pool);
    const double slack = on.limit(0) - found.collected[1].value;
    const double optimum = solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-8}).optimum.value;
    for (const std::int64_t steps : {100, 1000, 4000}) {
      const Averages mean = npg_averages(problem, steps, slack, optimum, wrong);
      worst = std::max(worst, of_excess ? mean.excess / bounds::npg_primal_dual_excess(steps, problem.discount, slack)
                                        : mean.gap / bounds::npg_primal_dual_gap(steps, problem.discount));
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest ratio of the mean to its bound"};
}

Claim npg_gap_claim() {
  return {.id = "npg-primal-dual-gap",
          .family = "constrained",
          .statement =
              "The mean value of natural policy gradient primal-dual is within 7 / ((1-g)^2 sqrt T) of the optimum",
          .page = kPage,
          .theorem = "Ding et al. 2020, Theorem 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return npg(effort, false); },
          .controls = {{"wrong-sign", "steps against the gradient of the reward",
                        [](const Effort& effort) { return npg(effort, false, {.minimises = true}); }}}};
}

Claim npg_excess_claim() {
  return {.id = "npg-primal-dual-excess",
          .family = "constrained",
          .statement = "Its mean excess over the limit is at most (2/slack + 4 slack) / ((1-g)^2 sqrt T)",
          .page = kPage,
          .theorem = "Ding et al. 2020, Theorem 1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return npg(effort, true); },
          .controls = {{"no-multipliers", "leaves the multiplier at next to nothing",
                        [](const Effort& effort) { return npg(effort, true, {.no_prices = true}); }}}};
}

// --- Last iterates ---------------------------------------------------------------------------------------------------

solvers::ReloadOptions steps(double step, double dual_step, std::int64_t iterations, bool optimistic) {
  solvers::ReloadOptions options;
  options.step = step;
  options.dual_step = dual_step;
  options.iterations = iterations;
  options.record = 1;
  options.optimistic = optimistic;
  return options;
}

/// The largest distance of value, multiplier and excess from the program's over the last 500 iterates.
double late_distance(const ConstrainedProblem& problem, const solvers::ReloadOptions& options) {
  const ConstrainedSolution exact = solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-9});
  const ConstrainedSolution run = solvers::reload(problem, options, to_the_end());
  double worst = 0;
  for (std::size_t k = run.path.size() - 500; k < run.path.size(); ++k) {
    const PathRow& row = run.path[k];
    worst = std::max({worst, std::abs(row.value - exact.expected.value), row.violation,
                      std::abs(row.multipliers[0] - exact.budgets[0].multiplier)});
  }
  return worst;
}

Measurement last_iterate(const Effort& effort, bool optimistic) {
  double worst = 0;
  std::int64_t runs = 0;
  for (int k = 0; k < effort.pick(4, 30); ++k) {
    const ConstrainedProblem problem = drawn_problem(effort.stream.child(static_cast<std::uint64_t>(k)), .8);
    worst = std::max(worst, late_distance(problem, optimistic ? steps(2, 1, effort.pick(10'000, 100'000), true)
                                                              : steps(.5, .2, 10'000, false)));
    ++runs;
  }
  return {
      .measured = worst, .bound = 1e-3, .replicates = runs, .detail = "largest distance over the last 500 iterates"};
}

Claim last_iterate_claim() {
  return {.id = "reload-last-iterate",
          .family = "constrained",
          .statement = "With optimism the last iterates settle at the optimal value, multiplier and budget together",
          .page = kReload,
          .theorem = "Moskovitz et al. 2023, Theorem 4.1 (policy form: its practical counterpart)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return last_iterate(effort, true); },
          .controls = {{"no-optimism", "plain descent-ascent, with smaller steps",
                        [](const Effort& effort) { return last_iterate(effort, false); }}}};
}

/// Distance to value 1/2 and multiplier 1 in the bandit after 1000 steps of 1/2.
Measurement bandit_distance(const Effort&, bool optimistic) {
  solvers::ReloadOptions options = steps(.5, .5, 1000, optimistic);
  options.cap = 100;
  const ConstrainedSolution run = solvers::reload(bandit(), options, to_the_end());
  double worst = 0;
  for (std::size_t k = 900; k < run.path.size(); ++k)
    worst = std::max(worst, std::abs(run.path[k].value - .5) + std::abs(run.path[k].multipliers[0] - 1));
  return {.measured = worst, .bound = 1e-10, .detail = "largest distance in the last 100 iterates"};
}

Claim bandit_claim() {
  return {.id = "reload-settles-in-the-bandit",
          .family = "constrained",
          .statement = "Optimistic steps end in the saddle point of the two-armed bandit at a linear rate",
          .page = kReload,
          .theorem = "Wei et al. 2021, Theorem 3 (bilinear games)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return bandit_distance(effort, true); },
          .controls = {{"no-optimism", "leaves out the step before",
                        [](const Effort& effort) { return bandit_distance(effort, false); }}}};
}

enum class Taken { kMeanOccupancy, kLast };

constexpr double kStepOfAverages = .2;

/// Descent-ascent: how far the policy that is made of the iterates is from the optimum, in value and excess.
Measurement descent_ascent(const Effort& effort, Taken taken) {
  double worst = 0;
  std::int64_t runs = 0;
  for (int k = 0; k < effort.pick(3, 20); ++k) {
    const ConstrainedProblem problem = drawn_problem(effort.stream.child(static_cast<std::uint64_t>(k)), .8);
    const ConstrainedSolution exact = solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-9});
    const solvers::constrained::Lagrangian on(problem);
    const solvers::constrained::Game game(on, "descent-ascent");
    double late = 0, value = 0, excess = 0;
    constexpr int kSteps = 20'000;
    constexpr double kStep = kStepOfAverages, kDualStep = .1;
    solvers::FirstOrderOptions options;
    options.iterations = kSteps - 1;
    int at_step = 0;
    solvers::constrained::play(
        "descent-ascent", game,
        [&](solvers::constrained::Point& at, const solvers::constrained::View& view) {
          value += view.total[0] / kSteps;  // of the mean occupancy
          excess += game.excess(view, 0) / kSteps;
          if (++at_step > kSteps - 2000) {
            late = std::max({late, std::abs(view.total[0] - exact.expected.value), game.excess(view, 0)});
          }
          const Eigen::VectorXd q = solvers::constrained::mixed_q(view, at.multipliers);
          for (std::size_t c = 0; c < at.log_policy.size(); ++c)
            at.log_policy[c] += kStep * q[static_cast<Eigen::Index>(c)];
          solvers::constrained::normalise_logarithms(game, at);
          at.multipliers[0] = std::max(0.0, at.multipliers[0] + kDualStep * game.excess(view, 0));
          return true;
        },
        options, to_the_end());
    worst = std::max(worst, taken == Taken::kLast ? late : std::max(std::abs(value - exact.expected.value), excess));
    ++runs;
  }
  // Constant steps leave an error that is proportional to them, whatever the number of iterations.
  return {.measured = worst,
          .bound = .1 * kStepOfAverages,
          .replicates = runs,
          .detail = "largest distance in value or excess"};
}

Claim descent_ascent_claim() {
  return {.id = "descent-ascent-averages",
          .family = "constrained",
          .statement = "The mean occupancy of plain descent-ascent approaches the optimum",
          .page = kReload,
          .theorem = "Freund and Schapire 1999; Abernethy and Wang 2017",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return descent_ascent(effort, Taken::kMeanOccupancy); },
          .controls = {{"last-iterates", "takes the last iterates, which circle",
                        [](const Effort& effort) { return descent_ascent(effort, Taken::kLast); }}}};
}

// --- Regularisation --------------------------------------------------------------------------------------------------

Measurement regularised(const Effort&, double tau_of_run) {
  constexpr double kTau = .05;
  solvers::RpgPdOptions options;
  options.tau = tau_of_run;
  options.step = options.dual_step = .01;
  options.iterations = 50'000;
  options.record = 1;
  const ConstrainedSolution run = solvers::rpg_pd(bandit(), options, to_the_end());
  double worst = 0;
  for (std::size_t k = run.path.size() - 1000; k < run.path.size(); ++k)
    worst = std::max(worst, std::abs(run.path[k].value - bounds::regularised_bandit(kTau)));
  return {.measured = worst, .bound = 1e-4, .detail = "largest distance of the last 1000 iterates from the root"};
}

Claim regularised_claim() {
  return {.id = "rpg-pd-saddle",
          .family = "constrained",
          .statement = "The last iterates of the regularised method settle at the regularised saddle point",
          .page = kPage,
          .theorem = "Ding, Wei, Zhang and Ribeiro 2023, Theorem 4",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return regularised(effort, .05); },
          .controls = {{"unregularised", "with a regularisation of nearly zero",
                        [](const Effort& effort) { return regularised(effort, 1e-6); }}}};
}

}  // namespace

std::vector<Claim> first_order_claims() {
  return {npg_gap_claim(), npg_excess_claim(),     last_iterate_claim(),
          bandit_claim(),  descent_ascent_claim(), regularised_claim()};
}

}  // namespace bellwether::claims
