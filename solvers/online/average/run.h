#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/stream.h"
#include "solvers/online/average/agent.h"
#include "solvers/online/average/task.h"

namespace bellwether::online {

/// What is known after some steps; sums over all steps so far, in the model's units.
struct AverageRow {
  std::int64_t steps = 0;
  double reward_regret = 0;     ///< steps * gain - rewards received: the definition of the papers
  double gap_regret = 0;        ///< sum of the gaps of what was played: its mean but for the bias of the two ends
  std::int64_t epochs = 0;      ///< policies computed
  std::int64_t violations = 0;  ///< epochs whose optimistic gain was below the optimal gain

  friend bool operator==(const AverageRow&, const AverageRow&) = default;
};

struct AverageRunOptions {
  std::int64_t steps = 100'000;
  std::vector<std::int64_t> checkpoints = {};  ///< ascending; empty: log_checkpoints(steps)
  /// Called about every 2^16 steps with the steps done; false stops the run.
  std::function<bool(std::int64_t)> observer = nullptr;
};

/// What learners of this task may know; it looks into `task`, which must outlive it.
AverageWorld world_of(const AverageTask& task, std::int64_t steps);

/// Plays the agent and measures it; one row a checkpoint that was reached. The environment draws from
/// stream.child("environment"), starting in a state of the model's initial distribution.
std::vector<AverageRow> run_average(const AverageTask& task, AverageAgent& agent, const Stream& stream,
                                    const AverageRunOptions& options);

}  // namespace bellwether::online
