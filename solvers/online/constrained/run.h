#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/stream.h"
#include "solvers/online/constrained/agent.h"

namespace bellwether::online {

/// What is known after some episodes; sums over all episodes so far, in the model's units. Policies are evaluated
/// exactly, from the initial distribution; V* is the optimum under the limits.
struct ConstrainedRow {
  std::int64_t episodes = 0;
  double regret = 0;           ///< sum of V* - V^pi: an episode that breaks a limit may earn more than V*
  double positive_regret = 0;  ///< the same over the episodes that lose
  std::vector<double> excess;  ///< for each constraint the sum of cost - limit: room in one episode pays for another
  std::vector<double> hard;    ///< for each constraint the sum of max{0, cost - limit}: it does not
  std::int64_t violating = 0;  ///< episodes that broke a limit
  std::int64_t promises = 0;   ///< episodes for which the learner promised what they cost at most
  std::int64_t broken_bounds = 0;                   ///< of these those that cost more
  std::int64_t estimates = 0;                       ///< episodes with an optimistic optimum
  std::int64_t broken_optimism = 0;                 ///< episodes in which its optimistic optimum was below V*
  std::int64_t baseline = 0, mixture = 0, own = 0;  ///< episodes of each mode
  std::int64_t policy_changes = 0;
  std::int64_t programs = 0;  ///< linear programs solved
  /// Of learners that throw a coin: episodes in which it showed the baseline, the sum of its probabilities to do so and
  /// of p (1 - p).
  std::int64_t coin_baseline = 0;
  double coin_mean = 0, coin_variance = 0;

  double largest_excess() const;
  double largest_hard() const;

  friend bool operator==(const ConstrainedRow&, const ConstrainedRow&) = default;
};

struct ConstrainedRunOptions {
  std::int64_t episodes = 1000;
  std::vector<std::int64_t> checkpoints = {};            ///< ascending; empty: log_checkpoints(episodes)
  std::function<bool(std::int64_t)> observer = nullptr;  ///< called now and then with the episodes done; false stops
  /// Hears of every episode: its number, what it is worth (value and costs, the learner's units).
  std::function<void(std::int64_t, std::span<const double>)> listener = nullptr;
};

struct ConstrainedRun {
  std::vector<ConstrainedRow> rows;  ///< one a checkpoint that was reached
  ConstrainedRow last;
};

/// Plays the agent and measures it. The environment draws as run_episodes does: every agent meets the same noise.
ConstrainedRun run_constrained(const ConstrainedTask& task, ConstrainedAgent& agent, const Stream& stream,
                               const ConstrainedRunOptions& options);

}  // namespace bellwether::online
