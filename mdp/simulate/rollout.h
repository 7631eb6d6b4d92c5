#pragma once

#include <cstdint>
#include <vector>

#include "core/stream.h"
#include "mdp/finite_memory_policy.h"
#include "mdp/policy.h"
#include "mdp/simulate/simulator.h"

namespace bellwether::mdp {

/// One play: states[0], choices[0], rewards[0], states[1], ... and the state it ended in.
struct Trajectory {
  std::vector<std::int32_t> states;   ///< one more than steps
  std::vector<std::int64_t> choices;  ///< numbered through the model
  std::vector<double> rewards;
};

/// `steps` steps from a drawn initial state. The stream's identity decides the play.
Trajectory rollout(const Simulator& simulator, const Policy& policy, int steps, Stream stream);

struct ReturnOptions {
  std::int64_t episodes = 10'000;
  int steps = 100;
  double discount = 1;
};

/// Sum of discounted rewards over plays.
struct ReturnEstimate {
  double mean = 0;
  double standard_error = 0;  ///< of the mean, from the sample variance
  std::int64_t episodes = 0;
};

/// Plays independent episodes, in parallel: episode i draws from stream.child(i), so the answer does not depend on the
/// number of threads. An estimate; for the exact value see mdp/evaluate. InvalidModel unless the policy fits,
/// InvalidOption unless there are 2 episodes and 0 steps at least and 0 <= discount <= 1.
ReturnEstimate estimate_return(const Simulator& simulator, const Policy& policy, const ReturnOptions& options,
                               const Stream& stream);
/// One policy a stage, as many as steps.
ReturnEstimate estimate_return(const Simulator& simulator, const StagePolicy& policy, const ReturnOptions& options,
                               const Stream& stream);
ReturnEstimate estimate_return(const Simulator& simulator, const FiniteMemoryPolicy& policy,
                               const ReturnOptions& options, const Stream& stream);

}  // namespace bellwether::mdp
