// Expectation maximisation for latent models: the likelihood never falls; contexts are told apart when they differ.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "mdp/latent/instances.h"
#include "proofs_checks/latent/claims.h"
#include "solvers/latent/learning/em.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kPage = "docs/papers/latent-mdps.md";

/// Random contexts whose rows keep a share of what tells them from their mean; the reward is that of state 0.
LatentTables contexts(const Stream& stream, int number, int states, double share) {
  LatentTables model(
      mdp::random_latent(stream, {.contexts = number, .states = states, .concentration = 0.3, .start_in_zero = true}));
  for (std::size_t i = 0; i < model.row.size() / static_cast<std::size_t>(number); ++i) {
    const auto at = [&](int m) -> double& {
      return model.row[static_cast<std::size_t>(m) * (model.row.size() / static_cast<std::size_t>(number)) + i];
    };
    double mean = 0;
    for (int m = 0; m < number; ++m) mean += at(m) / number;
    for (int m = 0; m < number; ++m) at(m) = (1 - share) * mean + share * at(m);
  }
  for (int m = 0; m < number; ++m)
    for (int s = 0; s < states; ++s)
      for (int k = 0; k < 2; ++k) model.reward[model.at(m, s, k)] = s == 0 ? 0.25 : 0;
  return model;
}

// --- Ascent ----------------------------------------------------------------------------------------------------------

bool fell(const std::vector<double>& likelihood) {
  for (std::size_t i = 1; i < likelihood.size(); ++i)
    if (likelihood[i] < likelihood[i - 1] - 1e-9 * std::abs(likelihood[i - 1])) return true;
  return false;
}

Measurement falls(const Effort& effort, const char* assignment) {
  const std::int64_t runs = effort.pick(200, 2000);
  std::int64_t violated = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const Stream stream = effort.run(i);
    const LatentTables truth = contexts(stream.child("model"), 3, 3, 1);
    const auto episodes = uniform_episodes(truth, 3, 60, stream.child("play"));
    const EmRun run = em_from(perturbed(truth, 1, stream.child("start")), episodes,
                              {.iterations = 200, .tolerance = 0, .assignment = assignment});
    violated += fell(run.log_likelihood) ? 1 : 0;
  }
  return never(violated, runs, 0, "runs in which the likelihood fell by more than rounding");
}

Claim ascent_claim() {
  return {.id = "em-ascends",
          .family = "latent",
          .statement = "Expectation maximisation never makes the episodes less likely",
          .page = kPage,
          .theorem = "Dempster, Laird and Rubin 1977, Theorem 1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return falls(effort, "soft"); },
          .controls = {{"hard", "assigns every episode wholly to its most probable context",
                        [](const Effort& effort) { return falls(effort, "hard"); }}}};
}

// --- Separation ------------------------------------------------------------------------------------------------------

/// Row errors in units of the distance between contexts: at 1 nothing is known of which is which.
Measurement confusion(const Effort& effort, double share) {
  constexpr int kHorizon = 4;
  const std::int64_t runs = effort.pick(24, 100);
  std::vector<double> errors;
  double loss = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const Stream stream = effort.run(i);
    const LatentTables truth = contexts(stream.child("model"), 2, 3, share);
    const auto episodes = uniform_episodes(truth, 30, 200, stream.child("play"));
    const LatentTables found = em(truth, episodes, {.starts = 4}, stream.child("starts")).model;
    errors.push_back(row_error(found, truth) / separation(truth));
    const HistoryPlan best = plan_by_weights(truth, kHorizon, plain_backup(truth), 0);
    const HistoryPlan own = plan_by_weights(found, kHorizon, plain_backup(found), 0);
    loss += (1 - value_of(truth, own.policy) / best.promised) / static_cast<double>(runs);
  }
  return mean_against(
      errors, 0.25,
      fmt::format("mean of row error / distance of contexts; plans of {} steps lose {:.2g} %", kHorizon, 100 * loss));
}

Claim separation_claim() {
  return {.id = "em-tells-contexts-apart",
          .family = "latent",
          .statement =
              "From 200 episodes of 30 steps EM has rows of contexts within a quarter of their distance, when "
              "they are far apart (no theorem)",
          .page = kPage,
          .theorem = "none: Kwon, Efroni, Caramanis and Mannor 2021 ask for separated contexts",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return confusion(effort, 1); },
          .controls = {{"alike", "contexts of a tenth of the distance",
                        [](const Effort& effort) { return confusion(effort, 0.1); }}}};
}

}  // namespace

std::vector<Claim> em_claims() { return {ascent_claim(), separation_claim()}; }

}  // namespace bellwether::claims
