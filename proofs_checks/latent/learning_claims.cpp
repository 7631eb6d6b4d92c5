// Learners of latent models: monotone bonuses and optimism, the combination lock, likelihood sets.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/sampling.h"
#include "mdp/latent/instances.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/latent.h"
#include "proofs_checks/latent/claims.h"
#include "solvers/latent/learning/hindsight.h"
#include "solvers/latent/learning/omle.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kPage = "docs/papers/latent-mdps.md";
constexpr const char* kHorizonFreePage = "docs/papers/lmdp-horizon-free.md";

// --- Monotone bonus --------------------------------------------------------------------------------------------------

Measurement monotone(const Effort& effort, double floor_factor) {
  Stream stream = effort.stream.child("draws");
  const int draws = effort.pick(100'000, 1'000'000);
  std::int64_t violated = 0;
  for (int i = 0; i < draws; ++i) {
    const std::size_t states = 2 + stream.below(4);
    std::vector<double> law(states), low(states), high(states);
    const std::vector<double> concentration(states, .5);
    sample_dirichlet(stream, concentration, law);
    for (std::size_t j = 0; j < states; ++j) {
      const double a = stream.uniform(), b = stream.uniform();
      low[j] = std::min(a, b), high[j] = i % 2 == 0 ? std::max(a, b) : low[j];
    }
    high[0] = 1;  // half of the pairs differ in one place alone
    const double n = std::exp(10 * stream.uniform()), iota = 20;
    double below = mvp_bonus(law, low, n, iota, 1, floor_factor),
           above = mvp_bonus(law, high, n, iota, 1, floor_factor);
    for (std::size_t j = 0; j < states; ++j) below += law[j] * low[j], above += law[j] * high[j];
    violated += below <= above + 1e-12 ? 0 : 1;
  }
  return never(violated, draws, 0);
}

Claim monotone_claim() {
  return {.id = "latent-mvp-monotone",
          .family = "latent",
          .statement = "P alpha + max{4 sqrt(supp Var iota/n), 16 S iota/n} grows with alpha in [0, 1]^S",
          .page = kHorizonFreePage,
          .theorem = "Zhou, Wang and Du 2023, monotone value propagation",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return monotone(effort, 16); },
          .controls = {{"small-floor", "puts S / 60 in place of 16 S",
                        [](const Effort& effort) { return monotone(effort, 1.0 / 60); }}}};
}

// --- Optimism --------------------------------------------------------------------------------------------------------

struct Watched {
  std::int64_t plans = 0;
  std::int64_t telling = 0;  ///< plans that promise less than 1, which every total is below anyway
  std::int64_t low = 0;      ///< of these those that promise less than the optimum
  double most_replans = 0;   ///< replans over their bound
};

/// How long which models are played.
struct Played {
  int models, horizon;
  std::int64_t episodes;
};

Watched watch(const Effort& effort, const char* learner, const char* constant, double bound_scale,
              const Played& played) {
  Watched result;
  const std::vector<std::int64_t> checkpoints = {played.episodes};
  for (int i = 0; i < played.models; ++i) {
    const mdp::LatentMdp latent =
        mdp::random_latent(effort.run(i), {.contexts = 2, .states = 2, .horizon = played.horizon});
    const HindsightRun run = learn_with_hindsight(
        latent, played.horizon, checkpoints, {.learner = learner, .constant = constant}, effort.run(i).child("play"));
    for (const double promised : run.promised) {
      result.telling += promised < 1 - 1e-9;
      result.low += promised < run.optimum - 1e-9;
    }
    result.plans += run.replans;
    const double bound = bounds::hindsight_replans(2, 2, 2, played.horizon, static_cast<double>(played.episodes));
    result.most_replans = std::max(result.most_replans, static_cast<double>(run.replans) / (bound_scale * bound));
  }
  return result;
}

/// Two steps and so many episodes that the bonuses of theory say something: 16 S iota / n is below 1 after some 1000
/// visits of a choice in a context, and a play pays two of them.
Measurement optimism(const Effort& effort, const char* learner, const char* constant) {
  const Watched watched =
      watch(effort, learner, constant, 1, {effort.pick(8, 60), 2, effort.pick<std::int64_t>(60'000, 400'000)});
  if (watched.telling == 0)
    return {.measured = HUGE_VAL, .bound = 0, .replicates = watched.plans, .detail = "every plan promises 1"};
  return never(watched.low, watched.telling, 0,
               fmt::format("plans that promise less than the optimum; {} of all {} promise less than 1",
                           watched.telling, watched.plans));
}

Claim optimism_claim(const char* learner, const char* theorem) {
  return {.id = std::string("latent-optimism-") + learner,
          .family = "latent",
          .statement = "With theory's constants every plan promises at least the optimum",
          .page = kHorizonFreePage,
          .theorem = theorem,
          .kind = Kind::kNever,
          .measure = [=](const Effort& effort) { return optimism(effort, learner, "theory"); },
          .controls = {{"no-bonus", "plans with the estimates themselves",
                        [=](const Effort& effort) { return optimism(effort, learner, "0"); }}}};
}

Measurement replans(const Effort& effort, double scale) {
  const Watched watched =
      watch(effort, "mvp", "practical", scale, {effort.pick(20, 100), 3, effort.pick<std::int64_t>(1000, 40'000)});
  return {
      .measured = watched.most_replans, .bound = 1, .replicates = watched.plans, .detail = "largest replans / bound"};
}

Claim replans_claim() {
  return {.id = "latent-replans",
          .family = "latent",
          .statement = "Plans number at most 1 + M (SA + 1) (1 + log2 KH)",
          .page = kHorizonFreePage,
          .theorem = "doubling of counts; Zhou, Wang and Du 2023",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return replans(effort, 1); },
          .controls = {{"no-logarithm", "counts each choice of each context once",
                        [](const Effort& effort) { return replans(effort, 1 / (1 + std::log2(3000.0))); }}}};
}

// --- The combination lock --------------------------------------------------------------------------------------------

/// The largest difference of survival from (M - t) / M over all sequences, and of the last reward from its due.
Measurement survival(const Effort& effort, bool equal_weights) {
  constexpr int kContexts = 4, kActions = 3, kSequences = 27;
  double worst = 0;
  Stream stream = effort.stream.child("secrets");
  const int secrets = effort.pick(5, 27);
  for (int i = 0; i < secrets; ++i) {
    std::vector<int> secret(3);
    for (int& a : secret) a = static_cast<int>(stream.below(kActions));
    const mdp::LatentMdp lock = mdp::combination_lock(kActions, secret);
    for (int code = 0; code < kSequences; ++code) {
      const std::vector<int> actions = {code % 3, code / 3 % 3, code / 9};
      std::vector<double> alive(kContexts, 0.0);
      double earned = 0;
      for (int m = 0; m < kContexts; ++m) {
        const double weight = equal_weights ? lock.weight(m) : .1 * (m + 1);
        int s = 0;
        for (int t = 0; t < kContexts; ++t) {
          if (s == t) alive[static_cast<std::size_t>(t)] += weight;
          const std::int64_t c = lock.context(m).first_choice(s) + (t < 3 ? actions[static_cast<std::size_t>(t)] : 0);
          earned += weight * lock.context(m).reward(c);
          s = lock.context(m).successors(c)[0];
        }
      }
      for (int t = 0; t < kContexts; ++t)
        worst = std::max(worst, std::abs(alive[static_cast<std::size_t>(t)] - bounds::lock_survival(kContexts, t)));
      worst = std::max(worst, std::abs(earned - (actions == secret ? bounds::lock_value(kContexts) : 0.0)));
    }
  }
  return {.measured = worst, .bound = 1e-12, .replicates = secrets, .detail = "over all 27 sequences"};
}

Claim survival_claim() {
  return {.id = "lock-tells-nothing",
          .family = "latent",
          .statement = "In the combination lock survival does not depend on the actions; only the secret pays",
          .page = kPage,
          .theorem = "Kwon, Efroni, Caramanis and Mannor 2021, Theorem 3.1",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return survival(effort, true); },
          .controls = {{"unequal-contexts", "weighs the contexts 1 to 4",
                        [](const Effort& effort) { return survival(effort, false); }}}};
}

std::vector<mdp::LatentMdp> locks() {
  std::vector<mdp::LatentMdp> models;
  for (int code = 0; code < 27; ++code) {
    const std::vector<int> secret = {code % 3, code / 3 % 3, code / 9};
    models.push_back(mdp::combination_lock(3, secret));
  }
  return models;
}

/// Mean number of episodes that do not play the secret, the secret being any of the 27.
Measurement lock_cost(const Effort& effort, bool told) {
  const std::vector<mdp::LatentMdp> all = locks();
  std::vector<double> lost;
  Stream stream = effort.stream.child("secret");
  for (int i = 0; i < effort.pick(1000, 10000); ++i) {
    const auto truth = static_cast<int>(stream.below(27));
    const std::vector<mdp::LatentMdp> one = {all[static_cast<std::size_t>(truth)]};
    const OmleRun run = told ? omle(one, 0, 4, 250, .05, effort.run(i)) : omle(all, truth, 4, 250, .05, effort.run(i));
    lost.push_back(run.regret.back() / bounds::lock_value(4));
  }
  return mean_against(lost, .85 * bounds::lock_trials(4, 3), "episodes lost; M (A^(M-1) - 1) / 2 = 52 expected");
}

Claim lock_cost_claim() {
  return {.id = "lock-costs-exponentially",
          .family = "latent",
          .statement = "Without hindsight even an optimistic learner tries half of the A^(M-1) secrets, M times each",
          .page = kPage,
          .theorem = "Kwon, Efroni, Caramanis and Mannor 2021, Theorem 3.1",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return lock_cost(effort, false); },
          .controls = {
              {"told", "tells the learner the secret", [](const Effort& effort) { return lock_cost(effort, true); }}}};
}

// --- Likelihood sets -------------------------------------------------------------------------------------------------

/// Models that differ in their rows alone.
std::vector<mdp::LatentMdp> random_class(const Stream& stream, int size) {
  std::vector<mdp::LatentMdp> models;
  for (int i = 0; i < size; ++i) {
    const mdp::LatentMdp drawn = mdp::random_latent(stream.child(static_cast<std::uint64_t>(i)),
                                                    {.contexts = 2, .states = 2, .horizon = 3, .start_in_zero = true});
    const std::vector<double> reward = {0, .1, .3, .2};
    models.push_back({{drawn.context(0).with_expected_rewards(reward), drawn.context(1).with_expected_rewards(reward)},
                      {.5, .5},
                      true});
  }
  return models;
}

Measurement coverage(const Effort& effort, double factor) {
  constexpr double kDelta = .05;
  std::int64_t left = 0;
  const int runs = effort.pick(100, 1000);
  for (int i = 0; i < runs; ++i)
    left +=
        omle(random_class(effort.run(i).child("class"), 8), i % 8, 3, 200, kDelta, effort.run(i).child("play"), factor)
                .truth_left
            ? 1
            : 0;
  return never(left, runs, kDelta, "runs in which the true model was thrown out");
}

Claim coverage_claim() {
  return {.id = "omle-keeps-the-truth",
          .family = "latent",
          .statement = "With probability 1 - delta the true model stays within ln(|class| K / delta) of the likeliest",
          .page = kPage,
          .theorem = "Liu, Chung, Szepesvari and Jin 2022, Proposition 13",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return coverage(effort, 1); },
          .controls = {{"likeliest-only", "keeps only the likeliest model",
                        [](const Effort& effort) { return coverage(effort, 0); }}}};
}

}  // namespace

std::vector<Claim> hidden_learning_claims() {
  return {monotone_claim(),
          optimism_claim("mvp", "Zhou, Wang and Du 2023, optimism"),
          optimism_claim("l-ucrl", "Kwon, Efroni, Caramanis and Mannor 2021, Lemma 3.3"),
          optimism_claim("bb-rect", "optimism over the Bernstein boxes of Zhou, Wang and Du 2023"),
          replans_claim(),
          survival_claim(),
          lock_cost_claim(),
          coverage_claim()};
}

}  // namespace bellwether::claims
