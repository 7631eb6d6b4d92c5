// What it costs to plan robustly with an estimated model.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/alias_table.h"
#include "core/rate_fit.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/robust/sets_from_data.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/robust.h"
#include "proofs_checks/planning/models.h"
#include "proofs_checks/robust/claims.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::claims {
namespace {

using mdp::RobustMdp;
using mdp::SetKind;
using mdp::TabularMdp;

constexpr const char* kPage = "docs/papers/robust-mdps.md";
constexpr double kDiscount = 0.9;

/// The empirical model from n draws of every choice; the first n of one stream, so that more draws contain fewer.
/// Outcomes that were not drawn are not listed.
TabularMdp empirical(const TabularMdp& model, int n, const Stream& stream) {
  mdp::TabularMdpBuilder builder(model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const AliasTable draw(model.probabilities(c));
      std::vector<int> count(model.probabilities(c).size(), 0);
      Stream own = stream.child(static_cast<std::uint64_t>(c));
      for (int i = 0; i < n; ++i) ++count[static_cast<std::size_t>(draw.sample(own))];
      std::vector<mdp::Entry> row;
      for (std::size_t i = 0; i < count.size(); ++i)
        if (count[i] > 0) row.push_back({model.successors(c)[i], static_cast<double>(count[i]) / n, 0});
      builder.add_choice(s, model.reward(c), row);
    }
  }
  return std::move(builder).build();
}

/// Robust values under total variation, over all states so that no estimate narrows the support.
std::vector<double> robust_values(const TabularMdp& model, double radius, double discount = kDiscount) {
  const solvers::RobustSolution got = solvers::partial_policy_iteration(
      {.model = RobustMdp(model, {.kind = SetKind::kTotalVariation, .support = mdp::Support::kAll, .radius = {radius}}),
       .discount = discount},
      {{.worst_case = "none"}}, {.tolerance = 1e-8});
  return {got.value.begin(), got.value.end()};
}

double error_with(const TabularMdp& model, double radius, int n, const Stream& stream, double discount = kDiscount) {
  return distance(robust_values(empirical(model, n, stream), radius, discount), robust_values(model, radius, discount));
}

/// Slopes of the log of the mean error against log n, one for each batch of seeds.
Measurement sample_rate(const Effort& effort, bool reuse) {
  const std::vector<int> at = {50, 200, 800, 3200, 12'800};
  const std::vector<double> x(at.begin(), at.end());
  Stream models = effort.stream.child("garnets");
  std::vector<double> slopes;
  for (const double radius : {0.01, 0.1, 0.5}) {
    for (int batch = 0; batch < effort.pick(2, 10); ++batch) {
      std::vector<double> mean(at.size(), 0);
      for (int seed = 0; seed < effort.pick(5, 25); ++seed) {
        const TabularMdp model = drawn_garnet(10, 3, 5, models);
        const Stream draws = effort.stream.child("draws").child(slopes.size()).child(static_cast<std::uint64_t>(seed));
        for (std::size_t i = 0; i < at.size(); ++i) mean[i] += error_with(model, radius, reuse ? at[0] : at[i], draws);
      }
      slopes.push_back(power_line(x, mean).slope);
    }
  }
  return slope_within(slopes, -0.58, -0.42, fmt::format("slope of log error in log n, {} batches", slopes.size()));
}

Claim rate_claim() {
  return {.id = "robust-sample-rate",
          .family = "robust",
          .statement = "The error of plug-in robust planning under total variation falls as 1/sqrt(n)",
          .page = kPage,
          .theorem = "Shi, Li, Wei, Chen, Geist and Chi 2023, Theorem 1 (its dependence on n)",
          .kind = Kind::kRate,
          .tier = Tier::kFull,
          .measure = [](const Effort& effort) { return sample_rate(effort, false); },
          .controls = {{"reused", "the first 50 draws stand for all",
                        [](const Effort& effort) { return sample_rate(effort, true); }}}};
}

/// Two states that are seldom left, rewards 0 and 1: the nominal values differ by as much as the discount allows, the
/// robust ones by at most 1 / radius.
TabularMdp slow_chain() {
  mdp::TabularMdpBuilder builder(2);
  for (int s = 0; s < 2; ++s)
    for (const double stay : {0.98, 0.97}) builder.add_choice(s, s, {{s, stay}, {1 - s, 1 - stay}});
  return std::move(builder).build();
}

/// The mean over seeds of the error in one ball less that in another, with one set of draws for both.
Measurement radius_effect(const Effort& effort, double radius, double against) {
  const TabularMdp model = slow_chain();
  constexpr double kPatient = 0.99;
  std::vector<double> difference;
  for (int seed = 0; seed < effort.pick(40, 400); ++seed) {
    const Stream draws = effort.stream.child("draws").child(static_cast<std::uint64_t>(seed));
    difference.push_back(error_with(model, radius, 1000, draws, kPatient) -
                         error_with(model, against, 1000, draws, kPatient));
  }
  return mean_against(difference, 0, fmt::format("mean error at radius {} less that at radius {}", radius, against));
}

Claim radius_claim() {
  return {.id = "robust-radius-eases",
          .family = "robust",
          .statement = "On a chain that mixes slowly a total-variation ball beyond 1 - gamma needs fewer samples",
          .page = kPage,
          .theorem = "Shi, Li, Wei, Chen, Geist and Chi 2023, Theorem 1: 1 / max(1 - gamma, radius)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return radius_effect(effort, 0.3, 0.001); },
          .controls = {{"swapped", "compares the narrow ball with the wide one",
                        [](const Effort& effort) { return radius_effect(effort, 0.001, 0.3); }}}};
}

/// |V_hat - V*| against the simulation lemma with the rows' true L1 distance, times `factor`.
Measurement plug_in(const Effort& effort, double factor) {
  double worst = 0;
  std::int64_t trials = 0;
  Stream models = effort.stream.child("simulation");
  for (int seed = 0; seed < effort.pick(30, 300); ++seed) {
    // Two states whose values are far apart, and rewards that only tell them apart: the lemma is nearly tight there.
    const double p = 0.3 + 0.4 * models.uniform(), shift = 0.1 * models.uniform(), radius = 0.2 * models.uniform();
    const auto model = [](double stay) {
      mdp::TabularMdpBuilder builder(2);
      builder.add_choice(0, 0.0, {{0, stay}, {1, 1 - stay}});
      builder.add_choice(1, 1.0, {{0, stay}, {1, 1 - stay}});
      return std::move(builder).build();
    };
    const std::vector<double> truth = robust_values(model(p), radius), plug = robust_values(model(p + shift), radius);
    const double span = *std::max_element(truth.begin(), truth.end()) - *std::min_element(truth.begin(), truth.end());
    const double bound = factor * bounds::robust_simulation_lemma(2 * shift, span, kDiscount) + 1e-7;
    worst = std::max(worst, distance(truth, plug) / bound);
    ++trials;
  }
  return {.measured = worst, .bound = 1, .replicates = trials, .detail = "largest error / bound"};
}

Claim simulation_claim() {
  return {
      .id = "robust-simulation-lemma",
      .family = "robust",
      .statement =
          "Rows within L1 distance d of the true ones change robust values by at most gamma d span / (2 (1 - gamma))",
      .page = kPage,
      .theorem = "the simulation lemma for balls of one radius (docs/papers/robust-mdps.md, \"Guarantees\")",
      .kind = Kind::kBelow,
      .measure = [](const Effort& effort) { return plug_in(effort, 1); },
      .controls = {{"undiscounted-tail", "claims a tenth of it: forgets that errors add up over 1 / (1 - gamma) steps",
                    [](const Effort& effort) { return plug_in(effort, 1 - kDiscount); }}}};
}

// Sets from samples: they hold the truth, and what is promised with them is kept.

constexpr double kDelta = 0.2;

/// Forty fair coins, one a state: the theorems' tails are nearly tight, and many rows may fail.
TabularMdp coins() {
  constexpr int kCoins = 40;
  mdp::TabularMdpBuilder builder(kCoins);
  for (int s = 0; s < kCoins; ++s) builder.add_choice(s, 0.0, {{s, 0.5}, {(s + 1) % kCoins, 0.5}});
  return std::move(builder).build();
}

/// The distance that a kind of set measures.
double distance_of(SetKind kind, std::span<const double> p, std::span<const double> q) {
  double sum = 0, largest = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    sum += std::abs(p[i] - q[i]);
    largest = std::max(largest, std::abs(p[i] - q[i]));
  }
  return kind == SetKind::kLinf ? largest : kind == SetKind::kTotalVariation ? sum / 2 : sum;
}

/// Radii for numbers of samples that differ from row to row.
using Radii = std::function<std::vector<double>(const TabularMdp&, SetKind, std::span<const double> samples)>;

std::vector<double> radii_of_theorems(const TabularMdp& model, SetKind kind, std::span<const double> samples) {
  return mdp::radii_from_samples(model, kind, mdp::Support::kSuccessors, samples, kDelta);
}

/// Every row as if it were alone: a failure of kDelta for each.
std::vector<double> radii_of_single_rows(const TabularMdp& model, SetKind kind, std::span<const double> samples) {
  std::vector<double> radius;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const double n = samples[static_cast<std::size_t>(c)];
    const int outcomes = static_cast<int>(model.successors(c).size());
    const double sum = mdp::weissman_radius(n, outcomes, 1, kDelta);
    radius.push_back(kind == SetKind::kLinf ? mdp::hoeffding_radius(n, outcomes, 1, kDelta)
                     : kind == SetKind::kL1 ? sum
                                            : sum / 2);
  }
  return radius;
}

/// How often some row of a model with sampled rows lies outside its set.
Measurement missed_rows(const Effort& effort, const Radii& radii) {
  const TabularMdp model = coins();
  std::vector<double> samples;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) samples.push_back(c % 2 == 0 ? 100 : 400);
  std::int64_t most = 0;
  std::string which;
  const int trials = effort.pick(200, 2000);
  for (const SetKind kind : {SetKind::kL1, SetKind::kTotalVariation, SetKind::kLinf}) {
    const std::vector<double> radius = radii(model, kind, samples);
    std::int64_t missed = 0;
    for (int trial = 0; trial < trials; ++trial) {
      bool inside = true;
      for (std::int64_t c = 0; c < model.num_choices(); ++c) {
        Stream own = effort.run(trial).child(static_cast<std::uint64_t>(c));
        const double n = samples[static_cast<std::size_t>(c)];
        double heads = 0;
        for (int i = 0; i < n; ++i) heads += own.uniform() < 0.5 ? 1 : 0;
        const std::vector<double> seen = {heads / n, 1 - heads / n};
        inside = inside &&
                 distance_of(kind, seen, model.probabilities(c)) <= radius[static_cast<std::size_t>(c)] * (1 + 1e-12);
      }
      missed += inside ? 0 : 1;
    }
    if (missed < most && !which.empty()) continue;
    most = missed;
    which = mdp::to_string(kind);
  }
  return never(most, trials, kDelta, fmt::format("most often missed: {}", which));
}

Claim coverage_claim() {
  const auto shrunk = [](const TabularMdp& model, SetKind kind, std::span<const double> samples) {
    std::vector<double> radius = radii_of_theorems(model, kind, samples);
    for (double& k : radius) k /= 2;
    return radius;
  };
  return {
      .id = "robust-sets-hold-the-truth",
      .family = "robust",
      .statement = "All true rows lie at once within the radii of their numbers of samples, but with probability delta",
      .page = kPage,
      .theorem = "Weissman et al. 2003, Theorem 2.1; Hoeffding 1963, Theorem 2; a union over rows (and entries)",
      .kind = Kind::kNever,
      .measure = [](const Effort& effort) { return missed_rows(effort, radii_of_theorems); },
      .controls = {{"no-union", "every row may fail with probability delta",
                    [](const Effort& effort) { return missed_rows(effort, radii_of_single_rows); }},
                   {"half-the-radius", "a constant of 1 / 2 for 2 in the root",
                    [shrunk](const Effort& effort) { return missed_rows(effort, shrunk); }}}};
}

/// How often a policy planned for samples earns less, in some state, than was promised.
Measurement broken_promises(const Effort& effort, double share_of_radius) {
  constexpr double kDraws = 400;
  std::int64_t broken = 0;
  const int trials = effort.pick(40, 400);
  Stream models = effort.stream.child("garnets");
  for (int trial = 0; trial < trials; ++trial) {
    const TabularMdp model = drawn_garnet(8, 3, 4, models);
    const TabularMdp sampled = empirical(model, static_cast<int>(kDraws), effort.run(trial));
    const std::vector<double> samples(static_cast<std::size_t>(model.num_choices()), kDraws);
    std::vector<double> radius = mdp::radii_from_samples(sampled, SetKind::kL1, mdp::Support::kAll, samples, kDelta);
    for (double& k : radius) k *= share_of_radius;
    const solvers::RobustSolution planned = solvers::partial_policy_iteration(
        {.model = RobustMdp(sampled, {.kind = SetKind::kL1, .support = mdp::Support::kAll, .radius = radius}),
         .discount = kDiscount},
        {{.worst_case = "none"}}, {.tolerance = 1e-6});
    const mdp::Evaluation earned = mdp::evaluate_discounted(mdp::PolicyChain(model, planned.policy), kDiscount);
    broken += (earned.value + earned.error - planned.lower).minCoeff() < 0 ? 1 : 0;
  }
  return never(broken, trials, kDelta, fmt::format("{} draws of every choice", kDraws));
}

Claim promise_claim() {
  return {.id = "robust-promise-is-kept",
          .family = "robust",
          .statement = "A policy planned with sets from samples earns what it was promised, but with probability delta",
          .page = kPage,
          .theorem = "the sets hold the truth (docs/papers/robust-mdps.md, \"Guarantees\")",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return broken_promises(effort, 1); },
          .controls = {{"plug-in", "plans for the sampled rows as if they were true",
                        [](const Effort& effort) { return broken_promises(effort, 0); }}}};
}

}  // namespace

std::vector<Claim> robust_sample_claims() {
  return {simulation_claim(), coverage_claim(), promise_claim(), radius_claim(), rate_claim()};
}

}  // namespace bellwether::claims
