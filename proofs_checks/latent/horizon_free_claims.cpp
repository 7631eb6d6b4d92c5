// Horizon-free learning of latent models: regret against the horizon, the lower-bound family, the variance of returns.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mdp/latent/instances.h"
#include "mdp/latent/lower_bound.h"
#include "proofs_checks/bounds/latent.h"
#include "proofs_checks/latent/claims.h"
#include "solvers/latent/learning/hindsight.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kPage = "docs/papers/lmdp-horizon-free.md";

double final_regret(const mdp::LatentMdp& model, int horizon, std::int64_t episodes, const HindsightOptions& options,
                    const Stream& stream) {
  const std::vector<std::int64_t> checkpoints = {episodes};
  return learn_with_hindsight(model, horizon, checkpoints, options, stream).regret.back();
}

// --- The horizon -----------------------------------------------------------------------------------------------------

/// The logarithm of what a long rest after each play multiplies the regret by, play by play.
Measurement growth(const Effort& effort, const char* learner) {
  constexpr int kSteps = 3, kLong = 48;
  const std::int64_t episodes = effort.pick<std::int64_t>(2000, 20'000);
  std::vector<double> logarithms;
  for (int i = 0; i < effort.pick(128, 400); ++i) {
    const mdp::LatentMdp play =
        mdp::random_latent(effort.run(i), {.contexts = 2, .states = 2, .horizon = kSteps, .reward_density = .4});
    const mdp::LatentMdp rested = mdp::with_rest(play, kSteps);
    const Stream stream = effort.run(i).child("play");
    const double brief = final_regret(rested, kSteps, episodes, {.learner = learner, .constant = "0.1"}, stream);
    const double drawn_out = final_regret(rested, kLong, episodes, {.learner = learner, .constant = "0.1"}, stream);
    logarithms.push_back(std::log((drawn_out + 1) / (brief + 1)));  // a lucky learner loses nothing
  }
  return mean_against(logarithms, std::log(1.25), "log of regret with 45 steps of rest over regret without");
}

Claim horizon_claim() {
  return {
      .id = "latent-horizon-free",
      .family = "latent",
      .statement =
          "With totals of at most 1, MVP's regret does not grow (by 1.25 at most) when 45 steps of rest follow 3 of "
          "play",
      .page = kPage,
      .theorem = "Zhou, Wang and Du 2023, regret bound of monotone value propagation",
      .kind = Kind::kBelow,
      .measure = [](const Effort& effort) { return growth(effort, "mvp"); },
      .controls = {{"per-step-bonus", "adds sqrt(S iota / n) at each step, rest included",
                    [](const Effort& effort) { return growth(effort, "l-ucrl"); }}}};
}

// --- The lower bound -------------------------------------------------------------------------------------------------

/// Mean regret over members of the family; `told` plays the best policy of each from the start.
Measurement floor(const Effort& effort, const char* learner, bool told) {
  const std::int64_t episodes = effort.pick<std::int64_t>(3000, 30'000);
  mdp::LatentHardShape shape{.contexts = 4};
  shape.advantage = mdp::hardest_advantage(shape, static_cast<double>(episodes));
  std::vector<double> lost;
  for (int i = 0; i < effort.pick(40, 200); ++i) {
    const mdp::LatentMdp member = mdp::drawn_latent_hard(shape, effort.run(i).child("member"));
    if (!told) {
      lost.push_back(final_regret(member, shape.steps(), episodes, {.learner = learner, .constant = "practical"},
                                  effort.run(i).child("play")));
      continue;
    }
    const LatentTables truth(member);
    const HistoryPlan plan = plan_by_weights(truth, shape.steps(), plain_backup(truth), 0.0);
    lost.push_back(static_cast<double>(episodes) * (plan.promised - value_of(truth, plan.policy)));
  }
  const double bound = bounds::latent_regret_floor(shape.contexts, shape.num_arms(), shape.advantage, shape.variance,
                                                   static_cast<double>(episodes));
  return mean_against(lost, bound, std::string("mean over the family, learner ") + learner);
}

Claim floor_claim(const char* learner) {
  return {.id = std::string("latent-lower-bound-") + learner,
          .family = "latent",
          .statement = "Averaged over the lower-bound family a learner loses at least of the order sqrt(V M S A K)",
          .page = kPage,
          .theorem = "Zhou, Wang and Du 2023, lower bound; constants of the page",
          .kind = Kind::kAbove,
          .measure = [=](const Effort& effort) { return floor(effort, learner, false); },
          .controls = {{"told", "tells the learner which arms are good",
                        [=](const Effort& effort) { return floor(effort, learner, true); }}}};
}

// --- The variance ----------------------------------------------------------------------------------------------------

/// E G^2 of the returns of a policy, by enumeration of all plays.
double second_moment(const LatentTables& model, const HistoryPolicy& policy) {
  double sum = 0;
  const std::function<void(int, int, std::int64_t, int, double, double)> walk =
      [&](int m, int depth, std::int64_t node, int s, double weight, double earned) {
        const int k = policy.choice(node);
        earned += model.reward[model.at(m, s, k)];
        if (depth + 1 == policy.horizon()) {
          sum += weight * earned * earned;
          return;
        }
        for (int next = 0; next < model.states; ++next)
          if (model.p(m, s, k, next) > 0)
            walk(m, depth + 1, policy.child(node, k, next), next, weight * model.p(m, s, k, next), earned);
      };
  for (int m = 0; m < model.contexts; ++m)
    for (int s = 0; s < model.states; ++s)
      if (model.nu(m, s) > 0) walk(m, 0, s, s, model.weight[static_cast<std::size_t>(m)] * model.nu(m, s), 0);
  return sum;
}

/// The largest difference of the recursion from E G^2 - (E G)^2; the control leaves the contexts' share out.
Measurement variance(const Effort& effort, bool with_contexts) {
  double worst = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const LatentTables model(mdp::random_latent(effort.run(i), {.contexts = 3, .states = 2, .horizon = 4}));
    const HistoryPlan plan = plan_by_weights(model, 4, plain_backup(model), 0.0);
    double recursion = variance_of(model, plan.policy);
    if (!with_contexts) {
      LatentTables one = model;
      recursion = 0;
      for (int m = 0; m < model.contexts; ++m) {
        std::fill(one.weight.begin(), one.weight.end(), 0.0);
        one.weight[static_cast<std::size_t>(m)] = 1;
        recursion += model.weight[static_cast<std::size_t>(m)] * variance_of(one, plan.policy);
      }
    }
    const double mean = value_of(model, plan.policy);
    worst = std::max(worst, std::abs(recursion - (second_moment(model, plan.policy) - mean * mean)));
  }
  return {.measured = worst, .bound = 1e-12, .replicates = models, .detail = "largest difference of variances"};
}

Claim variance_claim() {
  return {.id = "latent-total-variance",
          .family = "latent",
          .statement = "Var of the return = Var of alpha(context, s_1) + expected sum of Var of alpha after each step",
          .page = kPage,
          .theorem = "law of total variance",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return variance(effort, true); },
          .controls = {{"contexts-apart", "averages the variances of the contexts",
                        [](const Effort& effort) { return variance(effort, false); }}}};
}

}  // namespace

std::vector<Claim> horizon_free_claims() {
  return {horizon_claim(), floor_claim("mvp"), floor_claim("l-ucrl"), variance_claim()};
}

}  // namespace bellwether::claims
