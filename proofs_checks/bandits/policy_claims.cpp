// Learners of policies: exponential weights, inverse gaps, weights of low variance.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "bandits/arms/family.h"
#include "bandits/arms/linear.h"
#include "bandits/contextual/exp4_policies.h"
#include "bandits/contextual/iltcb.h"
#include "bandits/contextual/square_cb.h"
#include "proofs_checks/bandits/linear_claims.h"
#include "proofs_checks/bounds/bandits_adversarial.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/contextual-bandits.md";

/// Expected rewards of the best policy of the class less those of the learner, over the theorem's bound.
Measurement policy_regret(const Effort& effort, double eta) {
  const auto bandit = std::static_pointer_cast<const bandits::ContextualBandit>(
      bandits::find_family("contextual-arms")
          ->make({{"logistic", "true"}, {"length", "5"}, {"arms", "4"}, {"dimension", "3"}})
          .bandit);
  const std::int64_t rounds = effort.pick(4000, 20'000);
  constexpr int kPolicies = 30;
  const double bound = bounds::exp4({.arms = 4, .rounds = static_cast<double>(rounds)}, kPolicies);
  std::vector<double> shares;
  for (int run = 0; run < effort.pick(20, 100); ++run) {
    bandits::Exp4Policies agent(bandit->world(rounds), {.policies = kPolicies, .eta = eta},
                                effort.run(run).child("agent"));
    const auto game = bandit->start(rounds, effort.run(run).child("game"));
    std::vector<double> earned(kPolicies), means(4);
    double learner = 0;
    for (std::int64_t t = 1; t <= rounds; ++t) {
      const bandits::Round& round = game->next();
      const int arm = agent.choose(round);
      for (int a = 0; a < round.arms; ++a)
        means[static_cast<std::size_t>(a)] = bandit->rewards().mean(round.feature(a));
      for (std::size_t p = 0; p < earned.size(); ++p) earned[p] += means[static_cast<std::size_t>(agent.taken()[p])];
      learner += means[static_cast<std::size_t>(arm)];
      agent.learn({.round = t, .arm = arm, .reward = game->play(arm).reward});
    }
    shares.push_back((std::ranges::max(earned) - learner) / bound);
  }
  return mean_against(shares, 1, "regret against the best of 30 policies over sqrt(2 T K ln N)");
}

// --- Inverse gaps ----------------------------------------------------------------------------------------------------

using Weigh = void (*)(std::span<const double> predictions, double gamma, std::span<double> weights);

/// The largest over truths f, with arm `best` the best of f, of sum of p(a) (f(best) - f(a) - (gamma / 4) (y(a) -
/// f(a))^2): at f(a) = y(a) - 2 / gamma, f(best) = y(best) + 2 (1 - p) / (gamma p), p the weight of best, it is
/// y(best) - sum of p y + (1 - p) / (gamma p).
double least_favourable(std::span<const double> y, std::span<const double> p, double gamma, std::size_t best) {
  return y[best] - std::inner_product(y.begin(), y.end(), p.begin(), 0.0) + (1 - p[best]) / (gamma * p[best]);
}

Measurement inverse_gap_share(const Effort& effort, Weigh weigh) {
  Stream stream = effort.stream;
  double worst = 0;
  const std::int64_t draws = effort.pick(20'000, 500'000);
  for (std::int64_t i = 0; i < draws; ++i) {
    const std::size_t arms = 2 + stream.below(8);
    const double gamma = std::exp(8 * stream.uniform() - 1);
    std::vector<double> predictions(arms), weights(arms);
    for (double& x : predictions) x = stream.uniform();
    weigh(predictions, gamma, weights);
    for (std::size_t best = 0; best < arms; ++best)
      worst = std::max(
          worst, least_favourable(predictions, weights, gamma, best) * gamma / (2 * static_cast<double>(arms - 1)));
  }
  return {.measured = worst,
          .bound = 1 + 1e-9,
          .replicates = draws,
          .detail = "largest share of 2 (K - 1) / gamma over predictions and the least favourable truths"};
}

/// 1 / (3 K + gamma gap) for arms that do not look best.
void timid(std::span<const double> predictions, double gamma, std::span<double> weights) {
  bandits::inverse_gap_weights(predictions, gamma, weights);
  const double best = std::ranges::max(predictions);
  double rest = 1;
  std::size_t top = 0;
  for (std::size_t a = 0; a < weights.size(); ++a) {
    if (predictions[a] == best) {
      top = a;
      continue;
    }
    weights[a] = 1 / (3 * static_cast<double>(weights.size()) + gamma * (best - predictions[a]));
    rest -= weights[a];
  }
  weights[top] = rest;
}

/// exp(gamma y), normalised.
void soft_max(std::span<const double> predictions, double gamma, std::span<double> weights) {
  const double best = std::ranges::max(predictions);
  for (std::size_t a = 0; a < weights.size(); ++a) weights[a] = std::exp(gamma * (predictions[a] - best));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& x : weights) x /= sum;
}

Claim inverse_gap_claim() {
  return {.id = "inverse-gap-lemma",
          .family = "bandits",
          .statement =
              "Inverse gap weights: sum of p(a) (f(a*) - f(a) - (gamma/4) (y(a) - f(a))^2) <= 2 (K - 1) / gamma "
              "whatever the truth f",
          .page = kPage,
          .theorem = "Foster and Rakhlin 2020, Lemma 3",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return inverse_gap_share(effort, bandits::inverse_gap_weights); },
          .controls = {{"soft-max", "exponential weights of the predictions",
                        [](const Effort& effort) { return inverse_gap_share(effort, soft_max); }},
                       {"timid", "3 K in the place of K",
                        [](const Effort& effort) { return inverse_gap_share(effort, timid); }}}};
}

// --- Weights of low variance -----------------------------------------------------------------------------------------

/// How far the weights are from the two conditions at worst, on drawn classes of policies.
Measurement low_variance_excess(const Effort& effort, bool spread) {
  constexpr int kPolicies = 30, kActions = 4, kContexts = 200;
  const std::int64_t trials = effort.pick(30, 300);
  double worst = -1e300;
  for (std::int64_t trial = 0; trial < trials; ++trial) {
    Stream stream = effort.run(trial);
    std::vector<int> arms(kPolicies * kContexts);
    for (int& arm : arms) arm = static_cast<int>(stream.below(kActions));
    std::vector<double> slack(kPolicies), weights(kPolicies);
    const double mu = std::pow(10.0, -1 - 2 * stream.uniform());
    for (double& b : slack) b = stream.uniform() / (100 * mu);
    const bandits::PolicyTable table{.arms = arms, .policies = kPolicies, .actions = kActions};
    if (spread) {
      spread_weights(table, slack, mu, weights);
    } else {
      weights[static_cast<std::size_t>(std::ranges::min_element(slack) - slack.begin())] = 1;
    }
    const bandits::LowVariance at = low_variance(table, weights, slack, mu);
    worst = std::max({worst, at.regret, at.variance, std::accumulate(weights.begin(), weights.end(), 0.0) - 1});
  }
  return {.measured = worst, .bound = 1e-9, .replicates = trials, .detail = "largest excess over a condition"};
}

Claim low_variance_claim() {
  return {.id = "iltcb-conditions",
          .family = "bandits",
          .statement =
              "Coordinate descent ends at weights w of sum 1 at most with sum w b <= 2K and E[1 / Q(pi(x) | x)] "
              "<= 2K + b_pi for every policy",
          .page = kPage,
          .theorem = "Agarwal, Hsu, Kale, Langford, Li and Schapire 2014, Theorem 3",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return low_variance_excess(effort, true); },
          .controls = {{"leader", "all weight on the policy that looks best",
                        [](const Effort& effort) { return low_variance_excess(effort, false); }}}};
}

Claim exp4_claim() {
  return {.id = "exp4-policies-bound",
          .family = "bandits",
          .statement = "Exp4 over N policies loses at most sqrt(2 T K ln N) against the best of them",
          .page = kPage,
          .theorem = "Bubeck and Cesa-Bianchi 2012, Theorem 4.2",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return policy_regret(effort, 0); },
          .controls = {{"never-learns", "trusts all policies alike",
                        [](const Effort& effort) { return policy_regret(effort, 1e-9); }}}};
}

}  // namespace

std::vector<Claim> policy_claims() { return {exp4_claim(), inverse_gap_claim(), low_variance_claim()}; }

}  // namespace bellwether::claims
