#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/stream.h"
#include "solvers/online/generative/agent.h"
#include "solvers/online/generative/task.h"

namespace bellwether::online {

/// How good the answer is after so many samples of each choice; in the model's units.
struct GenerativeRow {
  std::int64_t samples = 0;  ///< of each choice
  double value_error = 0;    ///< largest |Q - Q*| over all choices
  double policy_loss = 0;    ///< largest V* - V^pi over all states, pi greedy in Q; 0 when no loss can be proven

  friend bool operator==(const GenerativeRow&, const GenerativeRow&) = default;
};

struct GenerativeRunOptions {
  std::int64_t samples = 1000;                 ///< of each choice
  std::vector<std::int64_t> checkpoints = {};  ///< ascending; empty: log_checkpoints(samples)
  /// Called about every 2^20 samples with the samples of each choice so far, and every 50 ms or so while the answer of
  /// a large model is planned or judged; false stops the run (a policy evaluation may go on unheard: see
  /// solvers/abandonable.h).
  std::function<bool(std::int64_t)> observer = nullptr;
};

/// What learners of this task may know; it looks into `task`, which must outlive it.
GenerativeWorld world_of(const GenerativeTask& task, std::int64_t samples);

/// Feeds the agent and measures its answers exactly; one row a checkpoint that was reached. Samples come from
/// stream.child("environment"). Cost: the learner's, and a policy evaluation at each checkpoint at which the greedy
/// policy has changed.
std::vector<GenerativeRow> run_generative(const GenerativeTask& task, GenerativeAgent& agent, const Stream& stream,
                                          const GenerativeRunOptions& options);

}  // namespace bellwether::online
