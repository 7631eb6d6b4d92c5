#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/stream.h"
#include "solvers/online/discounted/agent.h"
#include "solvers/online/discounted/ravi_ucb.h"
#include "solvers/online/discounted/task.h"

namespace bellwether::online {

/// What a run of epochs found, epoch by epoch, in the learner's units; `mu_k` is the occupancy of pi_k.
struct EpochRun {
  std::vector<double> regret;                ///< sum so far of <mu* - mu_k, r>, exact
  std::vector<double> optimistic;            ///< (1 - discount) V_k, expected over the initial law
  std::vector<double> bonus;                 ///< sum so far of <mu_k, CB_k>, CB_k of the backup after the epoch
  std::vector<std::int64_t> steps;           ///< so far
  std::vector<std::int64_t> broken_bonuses;  ///< epochs so far with some gamma |(P - P^) V_k| above its bonus
};

struct EpochRunOptions {
  std::int64_t epochs = 1000;
  /// Called after every epoch with their number; false stops the run there.
  std::function<bool(std::int64_t)> observer = nullptr;
};

/// The agent plays epochs of the task. Regret is exact: every policy is evaluated on the model, O(S^3) an epoch.
/// Transitions and lengths are drawn from stream.child("environment"), choices from stream.child("choices").
EpochRun run_epochs(const DiscountedTask& task, DiscountedAgent& agent, const EpochRunOptions& options,
                    const Stream& stream);

/// The same of a new RAVI-UCB.
EpochRun run_ravi_ucb(const DiscountedTask& task, const RaviUcbOptions& learner, const EpochRunOptions& options,
                      const Stream& stream);

/// H + ln A / eta + eta H^3 K / 4 + 2 sum of <mu_k, CB_k>: the bound on the regret of all of a run whose bonuses are
/// valid, by its own bonuses, for the step size `eta`.
double ravi_regret_bound(const EpochRun& run, double discount, double actions, double eta);

}  // namespace bellwether::online
