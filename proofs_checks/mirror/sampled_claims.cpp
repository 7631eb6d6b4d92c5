// Gradients from plays, of soft and off-policy MDPO and stage by stage: estimates without bias, and where they end.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "proofs_checks/planning/models.h"
#include "solvers/mirror/dynamic_policy_gradient.h"
#include "solvers/mirror/off_policy_mdpo.h"
#include "solvers/mirror/regularised.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

constexpr const char* kPage = "docs/papers/mdpo.md";
constexpr double kEntropy = 0.2;
constexpr double kLargeEntropy = 1;  // where its part of the gradient is to be seen
/// Standard errors: of some hundred normal numbers none is farther from its mean, but once in a thousand runs.
constexpr double kErrors = 5;

/// A running mean of tables, and how many standard errors it is from the truth.
class Mean {
 public:
  explicit Mean(std::size_t size) : sum_(size), square_(size) {}
  void add(const Table& x) {
    ++count_;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum_[i] += x[i];
      square_[i] += x[i] * x[i];
    }
  }
  /// `slack`: what is cut off after the last step.
  double errors_from(const Table& truth, double slack) const {
    double most = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const double m = sum_[i] / count_, error = std::sqrt(std::max(square_[i] / count_ - m * m, 0.0) / count_);
      most = std::max(most, (std::abs(m - truth[i]) - slack) / (error + 1e-12));
    }
    return most;
  }

 private:
  std::vector<double> sum_, square_;
  double count_ = 0;
};

// --- On-policy -------------------------------------------------------------------------------------------------------

/// What is done to the surrogate of a batch before its gradient is taken.
using Spoil = std::function<void(Surrogate&)>;

Measurement first_gradients(const Effort& effort, double entropy_of_critic, const Spoil& spoil) {
  double worst = 0;
  std::int64_t batches = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(2, 20), 0.7)) {
    const UnitProblem unit(problem);
    Stream stream = effort.stream.child("policies");
    const Table logits = drawn_logits(unit.model(), 2, stream);
    const Surrogate exact =
        exact_surrogate(unit.model(), unit.discount(), logits, unit.model().initial(), kLargeEntropy);
    const Table truth = mdpo_gradient(exact, 1, logits);
    SampledMdpoOptions options{.trajectories = 2, .steps = 60, .gae_lambda = 1, .critic_step = 0};
    options.rule.entropy = entropy_of_critic;
    Mean mean(truth.size());
    for (int b = 0; b < effort.pick(10'000, 40'000); ++b) {
      Eigen::VectorXd critic = Eigen::VectorXd::Zero(unit.model().num_states());
      Surrogate batch = sampled_surrogate(
          unit, logits, options, effort.stream.child("plays").child(static_cast<std::uint64_t>(batches)), critic);
      batch.entropy = kLargeEntropy;
      if (spoil) spoil(batch);
      mean.add(mdpo_gradient(batch, 1, logits));
      ++batches;
    }
    worst = std::max(worst, mean.errors_from(truth, 1e-8));
  }
  return {.measured = worst,
          .bound = kErrors,
          .replicates = batches,
          .detail = "largest distance of the mean gradient from the exact one, in standard errors"};
}

/// Undoes the division by the probabilities of the policy that played.
void without_ratios(Surrogate& batch) {
  for (std::size_t c = 0; c < batch.gain.size(); ++c) {
    batch.gain[c] *= std::exp(batch.old_logits[c]);
    batch.loss[c] *= std::exp(batch.old_logits[c]);
  }
}

Claim on_policy_claim() {
  return {.id = "soft-mdpo-unbiased",
          .family = "mirror",
          .statement = "The first inner gradient of soft MDPO from plays has the exact one as its mean",
          .page = kPage,
          .theorem = "Tomar, Shani, Efroni and Ghavamzadeh 2020, on-policy MDPO; importance sampling",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return first_gradients(effort, kLargeEntropy, nullptr); },
          .controls = {{"no-ratios", "leaves the importance ratios out",
                        [](const Effort& effort) { return first_gradients(effort, kLargeEntropy, without_ratios); }},
                       {"hard-returns", "forgets the entropy of the states to come",
                        [](const Effort& effort) { return first_gradients(effort, 0, nullptr); }}}};
}

// --- Off-policy ------------------------------------------------------------------------------------------------------

/// A replay that a policy which is not the present one has filled.
Replay filled(const mdp::TabularMdp& model, const Table& logits, std::int64_t plays, const Stream& stream) {
  Replay replay(model, 1 << 20);
  const mdp::Simulator simulator(model);
  const mdp::Policy policy = played(model, probabilities(logits));
  for (std::int64_t n = 0; n < plays; ++n)
    replay.add(mdp::rollout(simulator, policy, 10, stream.child(static_cast<std::uint64_t>(n))));
  return replay;
}

/// `distinct`: draws without replacement of states, each once, as if seldom visited ones counted like others.
Measurement batch_gradients(const Effort& effort, bool distinct) {
  double worst = 0;
  std::int64_t batches = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30))) {
    const mdp::TabularMdp& model = problem.model;
    Stream stream = effort.stream.child("policies");
    const Table old = drawn_logits(model, 1, stream), now = drawn_logits(model, 1, stream);
    const Replay replay = filled(model, drawn_logits(model, 1, stream), 20, effort.stream.child("plays"));
    Table q(old.size());
    for (double& x : q) x = stream.uniform();
    const Surrogate whole = replay_surrogate(model, old, q, replay.weights(), kEntropy);
    const Table truth = mdpo_gradient(whole, 0.7, now);
    Mean mean(truth.size());
    for (int b = 0; b < effort.pick(4000, 20'000); ++b) {
      Surrogate batch = whole;
      batch.weight = replay.drawn_weights(4, stream);
      if (distinct)
        for (double& w : batch.weight) w = w > 0 ? 0.25 : 0;
      mean.add(mdpo_gradient(batch, 0.7, now));
      ++batches;
    }
    worst = std::max(worst, mean.errors_from(truth, 0));
  }
  return {.measured = worst,
          .bound = kErrors,
          .replicates = batches,
          .detail = "largest distance of the mean batch gradient from that of the replay, in standard errors"};
}

Claim off_policy_claim() {
  return {.id = "off-policy-mdpo-unbiased",
          .family = "mirror",
          .statement = "At any policy the gradient of a batch from the replay has that of the whole replay as its mean",
          .page = kPage,
          .theorem = "Tomar, Shani, Efroni and Ghavamzadeh 2020, off-policy MDPO",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return batch_gradients(effort, false); },
          .controls = {{"each-state-once", "counts a state that was drawn twice once",
                        [](const Effort& effort) { return batch_gradients(effort, true); }}}};
}

/// Slopes of the log of the mean distance from the soft optimum against the log of the number of plays; the critic
/// takes targets with `entropy`.
Measurement limit_of_samples(const Effort& effort, double entropy) {
  std::vector<double> slopes;
  const std::vector<double> counts = {80, 320, 1280};
  constexpr int kPolicies = 8;
  for (const Problem& problem : unit_garnets(effort, effort.pick(10, 40), 0.7)) {
    const mdp::TabularMdp& model = problem.model;
    const auto best = soft_value_iteration(problem, {.temperature = kEntropy}, {.tolerance = 1e-11});
    std::vector<double> distances;
    for (const double plays : counts) {
      double sum = 0;
      for (int seed = 0; seed < effort.pick(2, 10); ++seed) {
        const Stream own = effort.stream.child("plays").child(slopes.size()).child(static_cast<std::uint64_t>(seed));
        Replay replay(model, 1 << 22);
        const mdp::Simulator simulator(model);
        Table logits = logarithms(uniform_weights(model)), q(logits.size(), 0.0);
        for (std::uint64_t k = 0; k < kPolicies; ++k) {
          const mdp::Policy policy = played(model, probabilities(logits));
          for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(plays); ++n)
            replay.add(mdp::rollout(simulator, policy, 20, own.child(k).child(n)));
          average_sweeps(replay, model, problem.discount, logits, entropy, 10, q);
          const Surrogate surrogate = replay_surrogate(model, logits, q, replay.weights(), kEntropy);
          logits = mdpo_closed_form(surrogate, 1e6);
          keep_unseen(surrogate, logits);
        }
        for (std::size_t c = 0; c < logits.size(); ++c)
          sum += std::abs(std::exp(logits[c]) - std::exp(best.log_weights[c]));
      }
      distances.push_back(sum);
    }
    slopes.push_back(slope_of_logs(counts, distances));
  }
  return slope_within(slopes, -0.75, -0.25, "slope of the log of the mean |pi - pi*| in log plays");
}

Claim limit_claim() {
  return {.id = "off-policy-soft-mdpo-limit",
          .family = "mirror",
          .statement = "Off-policy soft MDPO ends at the soft optimum, 1 / sqrt(plays) from it",
          .page = kPage,
          .theorem = "the law of large numbers for the counts of the replay (docs/papers/mdpo.md, \"From a replay\")",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return limit_of_samples(effort, kEntropy); },
          .controls = {{"hard-critic", "learns Q without the entropy of the states to come",
                        [](const Effort& effort) { return limit_of_samples(effort, 0); }}}};
}

// --- Stage by stage --------------------------------------------------------------------------------------------------

/// How far the mean of sampled gradients, of one stage and of all together, is from the exact one; the exact one is
/// that for mu, or for mu the other way round.
Measurement stage_gradients(const Effort& effort, bool by_mu) {
  constexpr int kStages = 4, kStates = 4;
  Stream stream = effort.stream.child("model");
  const UnitProblem unit({.model = drawn_garnet(kStates, 3, 2, stream),
                          .criterion = Criterion::kFinite,
                          .discount = .9,
                          .horizon = kStages});
  std::vector<Table> weights;
  for (int h = 0; h < kStages; ++h) weights.push_back(probabilities(drawn_logits(unit.stage(h), .5, stream)));
  const std::vector<double> mu = {.6, .25, .1, .05};
  const std::vector<double> believed = by_mu ? mu : std::vector<double>(mu.rbegin(), mu.rend());
  const auto values = stage_values(unit, weights);
  const auto simulators = stage_simulators(unit);
  const Table of_stage =
      bandit_gradient(unit.stage(1), believed, choice_values(unit.stage(1), .9, values[2]), weights[1]);
  const auto of_all = stage_gradient(unit, weights, believed).gradient;
  Mean stage_mean(of_stage.size());
  std::vector<Mean> joint_mean(kStages, Mean(of_stage.size()));
  const int batches = effort.pick(8000, 40'000);
  for (int b = 0; b < batches; ++b) {
    const Stream draws = effort.run(b);
    stage_mean.add(sampled_stage_gradient(unit, simulators, 1, weights, mu, 3, nullptr, draws.child("stage")));
    const auto all = sampled_joint_gradient(unit, simulators, weights, mu, 3, nullptr, draws.child("all"));
    for (std::size_t h = 0; h < kStages; ++h) joint_mean[h].add(all[h]);
  }
  double worst = stage_mean.errors_from(of_stage, 0);
  for (std::size_t h = 0; h < kStages; ++h) worst = std::max(worst, joint_mean[h].errors_from(of_all[h], 0));
  return {.measured = worst,
          .bound = kErrors,
          .replicates = batches,
          .detail = "largest distance of the mean gradient from the exact one, in standard errors"};
}

Claim stage_gradients_claim() {
  return {.id = "stage-gradients-unbiased",
          .family = "mirror",
          .statement = "Gradients from plays, of one stage and of all at once, have the exact ones as their means",
          .page = "docs/papers/dynamic-policy-gradient.md",
          .theorem = "Williams 1992; Klein, Weissmann and Doering 2024",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return stage_gradients(effort, true); },
          .controls = {{"other-start", "expects the gradient of plays that begin in other states",
                        [](const Effort& effort) { return stage_gradients(effort, false); }}}};
}

}  // namespace

std::vector<Claim> sampled_claims() {
  return {on_policy_claim(), off_policy_claim(), limit_claim(), stage_gradients_claim()};
}

}  // namespace bellwether::claims
