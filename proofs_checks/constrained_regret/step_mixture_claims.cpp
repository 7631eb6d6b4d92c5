// StepMix and EpsMix: never below the floor, linear mixtures, the coin, and how long the baseline lasts.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/constrained_regret/claims.h"
#include "proofs_checks/constrained_regret/tasks.h"
#include "solvers/online/constrained/step_mixture.h"

namespace bellwether::claims {
namespace {

using online::ConstrainedRow;
using online::ConstrainedTask;

constexpr const char* kPage = "docs/papers/stepmix.md";
constexpr const char* kFamily = "constrained-regret";

Measurement below_floor(const Effort& effort, double safety_bonus) {
  const int runs = effort.pick(10, 60);
  std::int64_t violated = 0, episodes = 0;
  for (int k = 0; k < runs; ++k) {
    const ConstrainedTask task = floor_task(effort.run(k).child("model"), k % 2 == 0 ? .8 : .95);
    const auto agent = online::make_stepmix_with(world_of(task, 2000), {.constant = "0.001"}, safety_bonus);
    const ConstrainedRow row = played(task, *agent, effort.run(k), 2000).last;
    violated += row.violating > 0;
    episodes += row.violating;
  }
  return never(violated, runs, .05, fmt::format("{} episodes below the floor", episodes));
}

Claim floor_claim() {
  return {.id = "stepmix-never-below-floor",
          .family = kFamily,
          .statement = "StepMix plays no episode worth less than the floor while its lower bounds hold",
          .page = kPage,
          .theorem = "Li, Huang, Shen and Yang 2023, Theorem 1 (safety)",
          .kind = Kind::kNever,
          .measure = [](const Effort& e) { return below_floor(e, 1); },
          .controls = {{"no-bonus", "takes the bonus away from the lower bounds",
                        [](const Effort& e) { return below_floor(e, 0); }}}};
}

/// Runs of a learner with an episode that is worth less than the floor; of one with a coin, in the mean over the coin.
Measurement mean_below_floor(const Effort& effort, std::string_view learner) {
  const int runs = effort.pick(10, 60);
  std::int64_t violated = 0, episodes = 0, mixed = 0;
  for (int k = 0; k < runs; ++k) {
    const ConstrainedTask task = floor_task(effort.run(k).child("model"), k % 2 == 0 ? .8 : .95);
    const ConstrainedRow row = played(task, learner, "0.001", effort.run(k), 2000).last;
    violated += row.violating > 0;
    episodes += row.violating;
    mixed += row.mixture;
  }
  return never(violated, runs, .05, fmt::format("{} episodes below the floor, {} with a coin", episodes, mixed));
}

Claim coin_floor_claim() {
  return {.id = "epsmix-never-below-floor",
          .family = kFamily,
          .statement = "In the mean over its coin no episode of EpsMix is worth less than the floor",
          .page = kPage,
          .theorem = "Li, Huang, Shen and Yang 2023, EpsMix (safety)",
          .kind = Kind::kNever,
          .measure = [](const Effort& e) { return mean_below_floor(e, "epsmix"); },
          .controls = {{"no-floor", "plays the optimistic policy in every episode",
                        [](const Effort& e) { return mean_below_floor(e, "bpi-ucb"); }}}};
}

/// Runs in which a lower bound of the policy played, or an upper bound of the optimum, was ever on the wrong side. A
/// small model, so that the constants of theory leave the baseline within the run: otherwise nothing was promised, and
/// the claim fails.
Measurement broken_sandwich(const Effort& effort, const std::string& constant) {
  const int runs = effort.pick(8, 60);
  constexpr std::int64_t kEpisodes = 40'000;
  std::int64_t violated = 0, promised = 0;
  for (int k = 0; k < runs; ++k) {
    const ConstrainedTask task =
        drawn_task(effort.run(k).child("model"), 2, 2, 2, {.budgets = {}, .floor = .5, .baseline = "0.6"});
    const ConstrainedRow row = played(task, "stepmix", constant, effort.run(k), kEpisodes).last;
    violated += row.broken_bounds + row.broken_optimism > 0;
    promised += row.own;
  }
  if (promised == 0) return {.measured = HUGE_VAL, .bound = 0, .replicates = runs, .detail = "nothing was promised"};
  return never(violated, runs, .05, fmt::format("{} episodes with a promise of their own", promised));
}

Claim sandwich_claim() {
  return {.id = "stepmix-bounds-hold",
          .family = kFamily,
          .statement = "With the constants of theory V of the policy played and V* keep to StepMix's two bounds",
          .page = kPage,
          .theorem = "Li, Huang, Shen and Yang 2023; Menard et al. 2021 (the bounds of BPI-UCBVI)",
          .kind = Kind::kNever,
          .measure = [](const Effort& e) { return broken_sandwich(e, "theory"); },
          .controls = {{"no-bonus", "takes the empirical model for the true one",
                        [](const Effort& e) { return broken_sandwich(e, "0"); }}}};
}

/// Largest distance of the value of mixtures from the straight line between their ends.
Measurement curvature(const Effort& effort, int mixed_steps) {
  double worst = 0;
  for (int k = 0; k < effort.pick(20, 200); ++k) {
    const ConstrainedTask task = floor_task(effort.run(k), .8, "uniform");
    const auto begin = task.episodes().state_begin();
    const auto value = [&](double share) {
      std::vector<double> worth(2);
      task.evaluate_with(
          [&](int h, int s, std::int64_t c) {
            const double own = c == begin[static_cast<std::size_t>(s)] ? 1 : 0;
            const double base = task.baseline()[static_cast<std::size_t>(h * task.episodes().num_choices() + c)];
            return h < mixed_steps ? share * own + (1 - share) * base : own;
          },
          worth);
      return worth[0];
    };
    for (const double share : {.25, .5, .75})
      worst = std::max(worst, std::abs(value(share) - (1 - share) * value(0) - share * value(1)));
  }
  return {.measured = worst, .bound = 1e-10, .replicates = effort.pick(20, 200), .detail = "largest difference"};
}

Claim linear_claim() {
  return {.id = "step-mixture-linear",
          .family = kFamily,
          .statement = "The value of a policy that mixes two others at one step is linear in the share",
          .page = kPage,
          .theorem = "Li, Huang, Shen and Yang 2023: what makes the step mixture safe",
          .kind = Kind::kEqual,
          .measure = [](const Effort& e) { return curvature(e, 1); },
          .controls = {{"all-steps", "mixes at every step", [](const Effort& e) { return curvature(e, 3); }}}};
}

/// Episodes in which StepMix with this floor is worth something else than the optimistic policy alone.
Measurement different(const Effort& effort, double floor) {
  std::int64_t differ = 0;
  for (int k = 0; k < effort.pick(5, 30); ++k) {
    const ConstrainedTask task = floor_task(effort.run(k).child("model"), floor);
    std::vector<double> values[2];
    for (int which = 0; which < 2; ++which) {
      const auto agent = online::find_constrained(which == 0 ? "stepmix" : "bpi-ucb")
                             .make(world_of(task, 300), {{"constant", "practical"}}, effort.run(k).child("learner"));
      (void)online::run_constrained(task, *agent, effort.run(k),
                                    {.episodes = 300, .listener = [&](std::int64_t, std::span<const double> worth) {
                                       values[which].push_back(worth[0]);
                                     }});
    }
    for (std::size_t i = 0; i < values[0].size(); ++i) differ += values[0][i] != values[1][i];
  }
  return {.measured = static_cast<double>(differ), .bound = 0, .detail = "episodes that differ"};
}

Claim free_claim() {
  return {.id = "stepmix-without-floor-is-optimistic",
          .family = kFamily,
          .statement = "With a floor of zero StepMix plays the unconstrained learner's policy in every episode",
          .page = kPage,
          .theorem = "Li, Huang, Shen and Yang 2023, the first case of the algorithm",
          .kind = Kind::kEqual,
          .measure = [](const Effort& e) { return different(e, 0); },
          .controls = {{"floor", "has a floor of nine tenths", [](const Effort& e) { return different(e, .9); }}}};
}

Measurement coin(const Effort& effort, bool swapped) {
  double shown = 0, mean = 0, variance = 0;
  std::int64_t mixed = 0;
  for (int k = 0; k < effort.pick(20, 100); ++k) {
    const ConstrainedTask task = floor_task(effort.run(k).child("model"), .8);
    const ConstrainedRow row = played(task, "epsmix", "0.001", effort.run(k), 2500).last;
    shown += static_cast<double>(row.coin_baseline);
    mean += swapped ? static_cast<double>(row.mixture) - row.coin_mean : row.coin_mean;
    variance += row.coin_variance;
    mixed += row.mixture;
  }
  return {.measured = std::abs(shown - mean) / std::sqrt(variance),
          .bound = 4,
          .replicates = mixed,
          .detail = "standard deviations between the coin's count and its sum of probabilities"};
}

Claim coin_claim() {
  return {
      .id = "epsmix-coin",
      .family = kFamily,
      .statement = "EpsMix plays its baseline as often as the share it computes says",
      .page = kPage,
      .theorem = "Li, Huang, Shen and Yang 2023, EpsMix",
      .kind = Kind::kBelow,
      .measure = [](const Effort& e) { return coin(e, false); },
      .controls = {{"swapped", "expects the other side of the coin", [](const Effort& e) { return coin(e, true); }}}};
}

/// Episodes before the first that is not the baseline's.
std::int64_t first_baseline_episodes(const ConstrainedTask& task, Stream stream) {
  constexpr std::int64_t kEpisodes = 100'000;
  const auto agent = online::find_constrained("stepmix").make(world_of(task, kEpisodes), {{"constant", "practical"}},
                                                              stream.child("learner"));
  std::int64_t first = kEpisodes;
  (void)online::run_constrained(task, *agent, stream,
                                {.episodes = kEpisodes,
                                 .observer = [&](std::int64_t) { return first == kEpisodes; },
                                 .listener =
                                     [&](std::int64_t episode, std::span<const double>) {
                                       if (agent->mode() != online::Mode::kBaseline) first = std::min(first, episode);
                                     }});
  return first;
}

/// Slopes of the number of baseline episodes against the room kappa = V^b - floor. The baseline is the best policy:
/// otherwise the optimistic one has more room than kappa, and may be known to be safe long before the baseline is.
Measurement baseline_slopes(const Effort& effort, bool with_room) {
  std::vector<double> slopes;
  for (int k = 0; k < effort.pick(8, 40); ++k) {
    std::vector<double> room, episodes;
    for (const double share : {.2, .1, .05, .025}) {
      const ConstrainedTask task = floor_task(effort.run(k).child("model"), 1 - (with_room ? share : .05), "1");
      room.push_back(share * task.baseline_value());
      episodes.push_back(static_cast<double>(first_baseline_episodes(task, effort.run(k))));
    }
    slopes.push_back(log_slope(room, episodes));
  }
  return slope_within(slopes, -2.3, -.8, "log-log slope of the baseline's first phase in kappa");
}

Claim room_claim() {
  return {.id = "stepmix-baseline-phase",
          .family = kFamily,
          .statement = "The less room the floor leaves, the longer the baseline is played, no faster than 1 / kappa^2",
          .page = kPage,
          .theorem = "Li, Huang, Shen and Yang 2023, the additive cost of order 1 / kappa^2 + S / kappa",
          .kind = Kind::kRate,
          .measure = [](const Effort& e) { return baseline_slopes(e, true); },
          .controls = {{"same-floor", "keeps the floor while it claims to move it",
                        [](const Effort& e) { return baseline_slopes(e, false); }}}};
}

}  // namespace

std::vector<Claim> step_mixture_claims() {
  return {floor_claim(), coin_floor_claim(), sandwich_claim(), linear_claim(),
          free_claim(),  coin_claim(),       room_claim()};
}

}  // namespace bellwether::claims
