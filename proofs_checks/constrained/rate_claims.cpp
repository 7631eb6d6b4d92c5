// How fast first-order methods converge: 1 / sqrt(T) with its constant for CRPO, straight lines of logarithms for last
// iterates, and what does not converge at all.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mdp/constrained/instances.h"
#include "proofs_checks/bounds/constrained.h"
#include "proofs_checks/constrained/claims.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::claims {
namespace {

using solvers::ConstrainedProblem;
using solvers::ConstrainedSolution;
using solvers::PathRow;

constexpr const char* kPage = "docs/papers/constrained-mdps.md";
constexpr const char* kReload = "docs/papers/reload.md";

const solvers::SolveOptions& to_the_end() {
  static const solvers::SolveOptions run{.tolerance = 0};
  return run;
}

ConstrainedProblem bandit() { return {.model = mdp::bandit_cmdp(), .discount = 0}; }

// --- CRPO ------------------------------------------------------------------------------------------------------------

struct Crpo {
  bool minimises = false;  ///< steps against the gradient of the reward
  bool repairs = true;
};

/// Mean gap of the iterates that count and excess of their mean occupancy, the larger of the two in shares of the
/// bound.
double crpo_share(ConstrainedProblem problem, double optimum, std::int64_t steps, const Crpo& kind) {
  const int choices = problem.model.model().num_choices(0);
  const double bound = bounds::crpo_gap(steps, choices, problem.discount);
  const double allowed = kind.repairs ? bound : 1 / (1 - problem.discount);
  if (kind.minimises) problem.direction = solvers::Direction::kMinimise;
  solvers::CrpoOptions options;
  options.iterations = steps - 1;
  options.record = 1;
  options.step = (1 - problem.discount) * std::sqrt(8 * std::log(choices) / static_cast<double>(steps));
  options.slack = allowed * (1 - problem.discount);
  const ConstrainedSolution run = solvers::crpo(problem, options, to_the_end());
  double gap = 0;
  std::int64_t counted = 0;
  for (const PathRow& row : run.path) {
    if (row.violation > allowed) continue;
    ++counted;
    gap += optimum - row.value;
  }
  if (counted == 0) return HUGE_VAL;
  return std::max(gap / static_cast<double>(counted), run.infeasible_by) / bound;
}

Measurement crpo(const Effort& effort, const Crpo& kind) {
  double worst = 0;
  std::int64_t runs = 0;
  for (int k = 0; k < effort.pick(3, 30); ++k) {
    const ConstrainedProblem problem = solvers::with_binding_limits(
        {.model = mdp::random_cmdp(effort.run(k), {.states = 6, .actions = 3}), .discount = .5}, .4);
    const double optimum = solvers::occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-9}).optimum.value;
    for (const std::int64_t steps : {1000, 10'000}) {
      worst = std::max(worst, crpo_share(problem, optimum, steps, kind));
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim crpo_claim() {
  return {.id = "crpo-rate",
          .family = "constrained",
          .statement = "CRPO's counted iterates on average lose and exceed at most sqrt(2 log A) / ((1-g)^2 sqrt T)",
          .page = kPage,
          .theorem = "the order of Xu, Liang and Lan 2021 with constants derived on the page",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return crpo(effort, {}); },
          .controls = {{"wrong-sign", "steps against the gradient of the reward",
                        [](const Effort& effort) { return crpo(effort, {.minimises = true}); }},
                       {"no-repairs", "lets every excess pass",
                        [](const Effort& effort) { return crpo(effort, {.repairs = false}); }}}};
}

// --- Linear rates ----------------------------------------------------------------------------------------------------

/// Distance from value 1/2 and multiplier 1 in the bandit along a run.
std::vector<double> distances(const ConstrainedSolution& run) {
  std::vector<double> all;
  for (const PathRow& row : run.path) all.push_back(std::abs(row.value - .5) + std::abs(row.multipliers[0] - 1));
  return all;
}

/// How straight log10 of the distance is: R^2 of the line through the largest of windows of fifty, from iteration 200
/// until rounding is near; 0 when it does not fall.
double straightness(const std::vector<double>& distance) {
  constexpr std::size_t kWindow = 50;
  std::vector<double> x, y;
  for (std::size_t k = 200; k + kWindow <= distance.size(); k += kWindow) {
    const auto begin = distance.begin() + static_cast<std::ptrdiff_t>(k);
    const double most = *std::max_element(begin, begin + kWindow);
    if (most < 1e-13) break;
    x.push_back(static_cast<double>(k));
    y.push_back(std::log10(most));
  }
  const auto n = static_cast<double>(x.size());
  double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mx += x[i] / n;
    my += y[i] / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    xy += (x[i] - mx) * (y[i] - my);
    yy += (y[i] - my) * (y[i] - my);
  }
  return xy < 0 ? xy * xy / (xx * yy) : 0;
}

template <class Options>
Options in_the_bandit(double step, std::int64_t iterations) {
  Options options;
  options.step = options.dual_step = step;
  options.iterations = iterations;
  options.record = 1;
  options.cap = 100;
  return options;
}

std::vector<double> reload_distances(bool optimistic) {
  auto options = in_the_bandit<solvers::ReloadOptions>(.25, 2000);
  options.optimistic = optimistic;
  return distances(solvers::reload(bandit(), options, to_the_end()));
}

/// Of the mean value and multiplier of plain descent-ascent: it falls like 1 / k, with small steps.
std::vector<double> mean_distances() {
  auto options = in_the_bandit<solvers::ReloadOptions>(.1, 2000);
  options.optimistic = false;
  const ConstrainedSolution run = solvers::reload(bandit(), options, to_the_end());
  std::vector<double> all;
  double value = 0, multiplier = 0;
  for (const PathRow& row : run.path) {
    value += row.value;
    multiplier += row.multipliers[0];
    const auto n = static_cast<double>(all.size() + 1);
    all.push_back(std::abs(value / n - .5) + std::abs(multiplier / n - 1));
  }
  return all;
}

Measurement straight(const std::vector<std::vector<double>>& runs) {
  double least = 1;
  std::vector<double> all;
  for (const std::vector<double>& run : runs) {
    all.push_back(straightness(run));
    least = std::min(least, all.back());
  }
  return {.measured = least,
          .bound = .95,
          .replicates = static_cast<std::int64_t>(runs.size()),
          .detail = fmt::format("R^2 {:.3f}", fmt::join(all, ", "))};
}

Claim linear_claim() {
  return {.id = "last-iterates-linear",
          .family = "constrained",
          .statement = "In the bandit log distance against steps is straight for ReLOAD, OPG-PD and extra-gradient",
          .page = kReload,
          .theorem = "Wei et al. 2021, Theorem 3; Ding, Wei, Zhang and Ribeiro 2023",
          .kind = Kind::kAbove,
          .measure =
              [](const Effort&) {
                return straight(
                    {reload_distances(true),
                     distances(solvers::opg_pd(bandit(), in_the_bandit<solvers::OpgPdOptions>(.1, 2000), to_the_end())),
                     distances(solvers::extra_gradient(bandit(), in_the_bandit<solvers::ExtraGradientOptions>(.1, 2000),
                                                       to_the_end()))});
              },
          .controls = {{"no-optimism", "leaves out the step before",
                        [](const Effort&) { return straight({reload_distances(false)}); }},
                       {"averages", "takes the averages of descent-ascent, which fall like 1 / k",
                        [](const Effort&) { return straight({mean_distances()}); }}}};
}

/// The largest distance over the last hundred iterates.
Measurement late(const std::vector<double>& distance, double bound) {
  return {.measured = *std::max_element(distance.end() - 100, distance.end()),
          .bound = bound,
          .detail = "largest distance over the last 100 iterates"};
}

Claim early_claim() {
  return {.id = "opg-pd-and-extra-gradient-settle",
          .family = "constrained",
          .statement = "With steps of 1/2 OPG-PD and extra-gradient are in the saddle point of the bandit after 500",
          .page = kPage,
          .theorem = "Ding, Wei, Zhang and Ribeiro 2023; Korpelevich 1976",
          .kind = Kind::kBelow,
          .measure =
              [](const Effort&) {
                const auto opg = late(
                    distances(solvers::opg_pd(bandit(), in_the_bandit<solvers::OpgPdOptions>(.5, 500), to_the_end())),
                    1e-9);
                const auto extra =
                    late(distances(solvers::extra_gradient(
                             bandit(), in_the_bandit<solvers::ExtraGradientOptions>(.5, 500), to_the_end())),
                         1e-9);
                return extra.measured > opg.measured ? extra : opg;
              },
          .controls = {{"no-optimism", "plain descent-ascent with these steps", [](const Effort&) {
                          auto options = in_the_bandit<solvers::ReloadOptions>(.5, 500);
                          options.optimistic = false;
                          return late(distances(solvers::reload(bandit(), options, to_the_end())), 1e-9);
                        }}}};
}

std::vector<double> pid_distances(double proportional, double integral, double derivative) {
  auto options = in_the_bandit<solvers::PidLagrangianOptions>(.25, 4000);
  options.dual_step = 1;
  options.proportional = proportional;
  options.integral = integral;
  options.derivative = derivative;
  return distances(solvers::pid_lagrangian(bandit(), options, to_the_end()));
}

Claim pid_claim() {
  return {.id = "pid-damps",
          .family = "constrained",
          .statement = "A proportional part ends the circling of the multiplier in the bandit",
          .page = kPage,
          .theorem = "Stooke, Achiam and Abbeel 2020 (observed, not proven)",
          .kind = Kind::kBelow,
          .measure = [](const Effort&) { return late(pid_distances(1, .02, .5), 1e-9); },
          .controls = {{"integral-only", "adds the excess up and does nothing else",
                        [](const Effort&) { return late(pid_distances(0, .02, 0), 1e-9); }}}};
}

Measurement circling(bool optimistic) {
  auto options = in_the_bandit<solvers::ReloadOptions>(.1, 5000);
  options.optimistic = optimistic;
  const ConstrainedSolution run = solvers::reload(bandit(), options, to_the_end());
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (std::size_t k = run.path.size() - 1000; k < run.path.size(); ++k) {
    low = std::min(low, run.path[k].multipliers[0]);
    high = std::max(high, run.path[k].multipliers[0]);
  }
  return {.measured = high - low, .bound = 1.5, .detail = "range of the multiplier over the last 1000 iterates"};
}

Claim circling_claim() {
  return {.id = "descent-ascent-circles",
          .family = "constrained",
          .statement = "The multiplier of plain descent-ascent still ranges over 1.5 after 4000 steps of .1",
          .page = kReload,
          .theorem = "Mertikopoulos, Papadimitriou and Piliouras 2018 (cycles)",
          .kind = Kind::kAbove,
          .measure = [](const Effort&) { return circling(false); },
          .controls = {{"optimism", "takes optimistic steps", [](const Effort&) { return circling(true); }}}};
}

}  // namespace

std::vector<Claim> first_order_rate_claims() {
  return {crpo_claim(), linear_claim(), early_claim(), pid_claim(), circling_claim()};
}

}  // namespace bellwether::claims
