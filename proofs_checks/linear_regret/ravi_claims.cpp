// RAVI-UCB: optimism without contraction, regret by the steps of its proof, growth, the ellipsoid of mixtures.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/garnet.h"
#include "mdp/instances/linear.h"
#include "mdp/instances/riverswim.h"
#include "mdp/simulate/simulator.h"
#include "proofs_checks/linear_regret/claims.h"
#include "solvers/online/discounted/run.h"

namespace bellwether::claims {
namespace {

using online::DiscountedTask, online::EpochRun, online::RaviUcbOptions;

constexpr const char* kPage = "docs/papers/ravi-ucb.md";
constexpr const char* kFamily = "linear-regret";
constexpr double kDelta = 0.05;

Claim claim(const char* id, const char* statement, const char* theorem, Kind kind) {
  return {.id = id, .family = kFamily, .statement = statement, .page = kPage, .theorem = theorem, .kind = kind};
}

// --- Optimism --------------------------------------------------------------------------------------------------------

/// Whether k <mu*, r> rose above the sum of (1 - gamma) V_k and ln A / eta at any epoch.
bool pessimistic(const EpochRun& run, double optimum, double actions, double eta) {
  double believed = std::log(actions) / eta;
  for (std::size_t k = 0; k < run.optimistic.size(); ++k) {
    believed += run.optimistic[k];
    if (static_cast<double>(k + 1) * optimum > believed + 1e-9) return true;
  }
  return false;
}

Measurement pessimists(const Effort& effort, const char* constant) {
  const std::int64_t runs = effort.pick(20, 100), epochs = effort.pick(1000, 5000);
  std::int64_t broken = 0, invalid = 0;
  const DiscountedTask task(mdp::riverswim({.states = 5}).model, 0.9);
  for (std::int64_t i = 0; i < runs; ++i) {
    const auto learner = online::make_ravi_ucb(task, epochs, {.constant = constant, .delta = kDelta, .eta_factor = 20});
    const auto run = online::run_epochs(task, *learner, {.epochs = epochs}, effort.run(i));
    if (pessimistic(run, task.optimum(), 2, learner->eta())) ++broken;
    invalid += run.broken_bonuses.back();
  }
  return never(broken, runs, kDelta,
               fmt::format("runs that were not optimistic; {} epochs with a broken bonus", invalid));
}

Claim optimism_claim() {
  Claim out =
      claim("ravi-optimism", "K <mu*, r> <= the sum of (1 - gamma) V_k + ln A / eta, with probability 1 - delta",
            "Moulin and Neu 2023, the optimism of regularised backups, by the page's steps", Kind::kNever);
  out.measure = [](const Effort& effort) { return pessimists(effort, "theory"); };
  out.controls = {{"no-bonus", "the same learner with its bonus set to zero",
                   [](const Effort& effort) { return pessimists(effort, "0"); }}};
  return out;
}

// --- Regret ----------------------------------------------------------------------------------------------------------

/// Largest share of the bound that the regret uses up; `slowness` divides the steps that are made, not the bound's.
Measurement shares(const Effort& effort, const char* knowledge, double discount, std::int64_t epochs, double slowness) {
  const std::int64_t runs = effort.pick(3, 20);
  double worst = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const auto model = mdp::garnet({.states = 3, .actions = 2, .successors = 2, .reward_density = 1, .seed = i}).model;
    const DiscountedTask task(model, discount);
    const auto learner =
        online::make_ravi_ucb(task, epochs, {.delta = kDelta, .eta_factor = 1 / slowness, .knowledge = knowledge});
    const auto run = online::run_epochs(task, *learner, {.epochs = epochs}, effort.run(i));
    const double bound = online::ravi_regret_bound(run, discount, 2, learner->eta() * slowness);
    worst = std::max(worst, run.regret.back() / bound);
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest regret / bound"};
}

Claim known_claim() {
  Claim out = claim("ravi-known-model", "With the model known, R_K <= H + ln A / eta + eta H^3 K / 4",
                    "Moulin and Neu 2023, stability of regularised backups, by the page's steps", Kind::kBelow);
  const auto measure = [](double slowness) {
    return [slowness](const Effort& effort) { return shares(effort, "model", 0.7, 20'000, slowness); };
  };
  out.measure = measure(1);
  out.controls = {{"slow", "steps a thousandth of theory's", measure(1000)}};
  return out;
}

Claim regret_claim() {
  Claim out =
      claim("ravi-regret", "R_K <= H + ln A / eta + eta H^3 K / 4 + 2 sum of <mu_k, CB_k>, where the bonuses are valid",
            "Moulin and Neu 2023, regret in tables, by the page's steps", Kind::kBelow);
  const auto measure = [](double slowness) {
    return [slowness](const Effort& effort) {
      return shares(effort, "counts", 0.5, effort.pick(100'000, 400'000), slowness);
    };
  };
  out.measure = measure(1);
  out.controls = {{"slow", "steps a ten-thousandth of theory's", measure(10'000)}};
  return out;
}

Measurement growth(const Effort& effort, const RaviUcbOptions& learner) {
  constexpr std::int64_t kEpochs = 3000;
  const DiscountedTask task(mdp::riverswim({.states = 5}).model, 0.9);
  std::vector<double> slopes;
  for (int seed = 0; seed < effort.pick(8, 30); ++seed) {
    const auto run = online::run_ravi_ucb(task, learner, {.epochs = kEpochs}, effort.run(seed));
    slopes.push_back(std::log(run.regret.back() / run.regret[kEpochs / 2 - 1]) / std::log(2.0));
  }
  return slope_within(slopes, 0, 0.75, "slope of log regret over log K, K in [1500, 3000]");
}

Claim growth_claim() {
  Claim out = claim("ravi-grows-slowly",
                    "With the practical constant and ten times the step the regret on RiverSwim grows no faster than "
                    "K^0.75 (no theorem)",
                    "none: a scaled bonus; the theorem has sqrt K", Kind::kRate);
  out.measure = [](const Effort& effort) { return growth(effort, {.constant = "practical", .eta_factor = 10}); };
  out.controls = {{"slow", "steps a thousandth of theory's: regret grows like K",
                   [](const Effort& effort) { return growth(effort, {.constant = "practical", .eta_factor = 1e-3}); }}};
  return out;
}

// --- Mixtures --------------------------------------------------------------------------------------------------------

Measurement outside(const Effort& effort, double factor) {
  const std::int64_t runs = effort.pick(20, 200), steps = effort.pick(2000, 20'000);
  constexpr double kHorizon = 5;
  std::int64_t left = 0;
  double closest = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const auto made = mdp::linear_mixture({.states = 8, .actions = 3, .dimension = 4, .successors = 4, .seed = i});
    online::MixtureEstimate estimate(*made.linear.mixture,
                                     {.states = 8,
                                      .choices = made.model.num_choices(),
                                      .horizon = kHorizon,
                                      .epochs = static_cast<double>(steps) / kHorizon,
                                      .delta = kDelta},
                                     1);
    const mdp::Simulator simulator(made.model);
    Stream stream = effort.run(i);
    std::vector<double> v(8);
    double largest = 0;
    for (std::int64_t t = 0; t < steps; ++t) {
      for (double& x : v) x = stream.uniform() < 0.5 ? kHorizon : 0;
      const auto c = static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(made.model.num_choices())));
      estimate.observe(c, simulator.draw_next(c, stream), v);
      largest = std::max(largest, estimate.distance(made.linear.mixture_theta.front()));
    }
    if (largest > factor * estimate.radius()) ++left;
    closest = std::max(closest, largest / (factor * estimate.radius()));
  }
  return never(left, runs, kDelta,
               fmt::format("runs that left the ellipsoid; largest distance / radius {:.3g}", closest));
}

Claim ellipsoid_claim() {
  Claim out =
      claim("ravi-ellipsoid", "theta of a mixture stays in the ellipsoid of RAVI-UCB, with probability 1 - delta",
            "Abbasi-Yadkori, Pal and Szepesvari 2011, Theorem 2; Moulin and Neu 2023", Kind::kNever);
  out.measure = [](const Effort& effort) { return outside(effort, 1); };
  out.controls = {{"tenth", "a tenth of the radius", [](const Effort& effort) { return outside(effort, 0.1); }}};
  return out;
}

}  // namespace

std::vector<Claim> ravi_claims() {
  return {optimism_claim(), known_claim(), regret_claim(), growth_claim(), ellipsoid_claim()};
}

}  // namespace bellwether::claims
