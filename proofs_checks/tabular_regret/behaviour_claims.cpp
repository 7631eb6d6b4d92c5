// What learners do beyond the letter of a worst-case bound: weights of Q-learning, rates over a prior, and what the
// practical constants are for. The last claim no theorem.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/rate_fit.h"
#include "core/sampling.h"
#include "mdp/instances/deep_sea.h"
#include "mdp/instances/riverswim.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/model_free/optimistic_q_learning.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicTask;

// --- The weights of optimistic Q-learning ----------------------------------------------------------------------------

/// The weights alpha_t^i = alpha_i (1 - alpha_{i+1}) ... (1 - alpha_t) that visit i has after visit t.
std::vector<double> weights(double (*rate)(int, std::int64_t), int horizon, int t) {
  std::vector<double> weight(static_cast<std::size_t>(t));
  double left = 1;
  for (int i = t; i >= 1; --i) {
    weight[static_cast<std::size_t>(i - 1)] = left * rate(horizon, i);
    left *= 1 - rate(horizon, i);
  }
  return weight;
}

/// How far the weights are from the four properties of Lemma 4.1: they sum to one; sum of alpha_t^i / sqrt i lies in
/// [1, 2] / sqrt t; the largest is at most 2 H / t; and over all later t the weight of one visit adds up to 1 + 1 / H.
Measurement q_weights(const Effort& effort, double (*rate)(int, std::int64_t)) {
  double worst = 0;
  std::int64_t checked = 0;
  for (const int horizon : {1, 5, 20}) {
    for (const int t : {1, 2, 3, 10, 100, 1000, 5000}) {
      const std::vector<double> weight = weights(rate, horizon, t);
      double sum = 0, by_root = 0, largest = 0;
      for (std::size_t i = 0; i < weight.size(); ++i) {
        sum += weight[i];
        by_root += weight[i] / std::sqrt(static_cast<double>(i + 1));
        largest = std::max(largest, weight[i]);
      }
      const double root = std::sqrt(static_cast<double>(t));
      worst = std::max({worst, std::abs(sum - 1), 1 / root - by_root, by_root - 2 / root, largest - 2.0 * horizon / t});
      ++checked;
    }
    // sum over t >= i of alpha_t^i: the remainder after n terms falls like n^-H, so H = 1 needs them all.
    for (const int i : {1, 7}) {
      double sum = 0, term = rate(horizon, i);
      const int last = effort.pick(2'000'000, 20'000'000);
      for (int t = i; t <= last; ++t, term *= 1 - rate(horizon, t)) sum += term;
      const double remainder = horizon == 1 ? (i + 0.0) * 2 / last : 0;
      worst = std::max(worst, std::abs(sum - (1 + 1.0 / horizon)) - 2 * remainder);
      ++checked;
    }
  }
  return {.measured = worst, .bound = 1e-10, .replicates = checked, .detail = "largest departure from Lemma 4.1"};
}

Claim q_weights_claim() {
  return {.id = "q-learning-weights",
          .family = "tabular-regret",
          .statement = "The weights of optimistic Q-learning sum to one, favour late visits and add up to 1 + 1/H each",
          .page = page_path("optimistic-q-learning"),
          .theorem = "Jin, Allen-Zhu, Bubeck and Jordan 2018, Lemma 4.1",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return q_weights(effort, online::q_learning_rate); },
          .controls = {{"plain-average", "the rate 1/t",
                        [](const Effort& effort) {
                          return q_weights(effort, [](int, std::int64_t t) { return 1 / static_cast<double>(t); });
                        }},
                       {"swapped", "keeps alpha of the old value instead of 1 - alpha", [](const Effort& effort) {
                          return q_weights(effort, [](int horizon, std::int64_t t) {
                            return 1 - online::q_learning_rate(horizon, t);
                          });
                        }}}};
}

// --- Regret over the prior -------------------------------------------------------------------------------------------

/// A model drawn from the prior of posterior sampling: rows Dirichlet(1, ..., 1); known rewards, uniform on [0, 1].
mdp::TabularMdp drawn_from_prior(int states, int actions, Stream& stream) {
  mdp::TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s) {
    for (int a = 0; a < actions; ++a) {
      std::vector<mdp::Entry> row;
      double sum = 0;
      for (int next = 0; next < states; ++next) {
        row.push_back({next, sample_gamma(stream, 1)});
        sum += row.back().probability;
      }
      for (mdp::Entry& entry : row) entry.probability /= sum;
      builder.add_choice(s, stream.uniform(), row);
    }
  }
  return std::move(builder).build();
}

Measurement bayes_slope(const Effort& effort, std::string_view learner) {
  const std::vector<std::int64_t> at = {200, 400, 800, 1500, 3000};
  const std::vector<double> x(at.begin(), at.end());
  const int replicates = effort.pick(30, 300);
  std::vector<double> regret;
  for (int i = 0; i < replicates; ++i) {
    const Stream stream = effort.run(i);
    Stream prior = stream.child("prior");
    const EpisodicTask task(drawn_from_prior(5, 3, prior), 8);
    const auto agent = agent_of(task, learner, {}, at.back(), stream);
    for (const auto& row : online::run_episodes(task, *agent, stream, {.episodes = at.back(), .checkpoints = at}).rows)
      regret.push_back(row.value_regret);
  }
  const RateFit fit = fit_rate(x, {regret, x.size()}, {.level = kConfidence}, effort.stream.child("resamples"));
  return {.measured = fit.slope,
          .bound = 0.65,
          .lowest = 0,
          .uncertainty = std::max(fit.interval.high - fit.slope, fit.slope - fit.interval.low),
          .replicates = replicates,
          .detail = "slope of log mean regret over log K, K in [200, 3000]"};
}

Claim bayes_slope_claim() {
  return {.id = "psrl-bayes-rate",
          .family = "tabular-regret",
          .statement = "Over models drawn from its prior, the regret of psrl grows no faster than K^0.65",
          .page = page_path("posterior-sampling"),
          .theorem = "Osband, Russo and Van Roy 2013, Theorem 1 (sqrt K)",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return bayes_slope(effort, "psrl"); },
          .controls = {{"uniform", "never learns: regret grows like K",
                        [](const Effort& effort) { return bayes_slope(effort, "uniform"); }}}};
}

// --- Practical constants: no theorem ---------------------------------------------------------------------------------

/// (Regret(3000) - Regret(1500)) / Regret(1500) on RiverSwim, H = 20, one number a seed.
Measurement late_regret(const Effort& effort, const std::vector<Setting>& settings) {
  const EpisodicTask task(mdp::riverswim().model, 20);
  std::vector<double> shares;
  for (int seed = 0; seed < effort.pick(8, 50); ++seed) {
    const Stream stream = effort.run(seed);
    const auto agent =
        online::find_episodic("ucbvi-bf").make(task, online::world_of(task, 3000), settings, stream.child("learner"));
    const auto rows = online::run_episodes(task, *agent, stream, {.episodes = 3000, .checkpoints = {1500, 3000}}).rows;
    shares.push_back(rows[1].value_regret / rows[0].value_regret - 1);
  }
  return mean_against(shares, 0.15, "(Regret(3000) - Regret(1500)) / Regret(1500) on RiverSwim");
}

Claim practical_claim() {
  return {
      .id = "ucbvi-bf-practical-learns",
      .family = "tabular-regret",
      .statement = "With the practical constant ucbvi-bf has done learning RiverSwim by K = 1500 (no theorem)",
      .page = page_path("ucbvi"),
      .theorem = "none: the practical constant of docs/papers/ucbvi.md",
      .kind = Kind::kBelow,
      .measure =
          [](const Effort& effort) {
            return late_regret(effort, {{"constant", "practical"}});
          },
      .controls = {{"theory-constant", "the theorem's constant, which explores much longer", [](const Effort& effort) {
                      return late_regret(effort, {{"constant", "theory"}});
                    }}}};
}

/// Regret of `plain` less that of `better` on DeepSea, per episode, one number a seed: the same noise for both.
Measurement deep_sea_advantage(const Effort& effort, std::string_view plain, std::string_view better) {
  const auto settings = [](std::string_view learner) {
    return learner == "ucbvi-bf" ? std::vector<Setting>{{"constant", "practical"}} : std::vector<Setting>{};
  };
  std::vector<double> difference;
  for (int seed = 0; seed < effort.pick(20, 100); ++seed) {
    const EpisodicTask task(mdp::deep_sea({.size = 10, .seed = seed}).model, 10);
    const Stream stream = effort.run(seed);
    const double first = play(task, plain, settings(plain), 2000, stream).last.value_regret;
    const double second = play(task, better, settings(better), 2000, stream).last.value_regret;
    difference.push_back((first - second) / 2000);
  }
  return mean_against(difference, 0.01, fmt::format("regret of {} less that of {}, an episode", plain, better));
}

Claim exploration_claim() {
  return {.id = "bonus-explores",
          .family = "tabular-regret",
          .statement =
              "On DeepSea (N = 10) greedy loses 0.01 an episode more than ucbvi-bf, practical constant (no theorem)",
          .page = page_path("exploration-baselines"),
          .theorem = "none: Osband et al. 2019, the reason for DeepSea",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return deep_sea_advantage(effort, "greedy", "ucbvi-bf"); },
          .controls = {{"epsilon-greedy", "takes dithering for exploration",
                        [](const Effort& effort) { return deep_sea_advantage(effort, "greedy", "epsilon-greedy"); }}}};
}

}  // namespace

std::vector<Claim> behaviour_claims() {
  return {q_weights_claim(), bayes_slope_claim(), practical_claim(), exploration_claim()};
}

}  // namespace bellwether::claims
