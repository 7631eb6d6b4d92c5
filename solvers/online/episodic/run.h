#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "core/stream.h"
#include "solvers/online/episodic/agent.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::online {

/// What is known after some episodes; sums over all episodes so far, in the model's units.
struct EpisodicRow {
  std::int64_t episodes = 0;
  double value_regret =
      0;                  ///< sum of V*_0(s_k) - V^{pi_k}_0(s_k), by exact evaluation of the policies that were played
  double gap_regret = 0;  ///< sum of V*_h(s) - Q*_h(c) over what was played: the same mean, more variance
  double reward_regret = 0;         ///< sum of V*_0(s_k) minus all rewards received: the same mean, most variance
  std::int64_t mistakes = 0;        ///< episodes with V*_0(s_k) - V^{pi_k}_0(s_k) > epsilon
  std::int64_t violations = 0;      ///< episodes in which the optimistic value of s_k was below V*_0(s_k)
  std::int64_t policy_changes = 0;  ///< episodes before which the policy changed
  double certified = 0;             ///< sum of the certificates: what the learner said that the episodes would lose
  std::int64_t broken_certificates = 0;  ///< episodes that lost more than their certificate

  friend bool operator==(const EpisodicRow&, const EpisodicRow&) = default;
};

struct EpisodicRunOptions {
  std::int64_t episodes = 1000;
  std::vector<std::int64_t> checkpoints = {};  ///< ascending; empty: log_checkpoints(episodes)
  double epsilon = 0.1;                        ///< of the count of mistakes
  /// Called about every 2^14 steps with the episodes done; false stops the run.
  std::function<bool(std::int64_t)> observer = nullptr;
};

/// What learners of this task may know; it looks into `task`, which must outlive it.
EpisodicWorld world_of(const EpisodicTask& task, std::int64_t episodes);

/// What a run left behind.
struct EpisodicRun {
  std::vector<EpisodicRow> rows;  ///< one a checkpoint that was reached
  EpisodicRow last;               ///< after the last episode
  bool finished = false;          ///< the learner stopped by itself; else its answer is what it has so far
  double answer_loss = 0;         ///< what its answer loses: E[V*_0 - V^pi_0] over the initial distribution
  /// What it promises that its answer loses, the same mean; NaN when it promises nothing.
  double answer_certificate = std::numeric_limits<double>::quiet_NaN();
};

/// Plays the agent and measures it. The environment draws from stream.child("environment"): every agent meets the same
/// noise, and episode k does not depend on what was played before it.
EpisodicRun run_episodes(const EpisodicTask& task, EpisodicAgent& agent, const Stream& stream,
                         const EpisodicRunOptions& options);

}  // namespace bellwether::online
