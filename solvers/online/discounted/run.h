#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/stream.h"
#include "mdp/linear/mixture_basis.h"
#include "mdp/tabular_mdp.h"
#include "solvers/online/discounted/ravi_ucb.h"

namespace bellwether::online {

/// What a learner in epochs estimates transitions by.
enum class Knowledge {
  kCounts,   ///< frequencies
  kMixture,  ///< the kernels of a linear mixture
  kModel     ///< the model itself
};

/// What a run of epochs found, epoch by epoch; `mu_k` is the occupancy (1 - discount) sum discount^t of pi_k.
struct EpochRun {
  std::vector<double> regret;       ///< sum so far of <mu* - mu_k, r>, exact
  std::vector<double> optimistic;   ///< (1 - discount) V_k, expected over the initial law
  std::vector<double> bonus;        ///< sum so far of <mu_k, CB_k>, CB_k the bonuses of the backup after the epoch
  std::vector<int> length;          ///< steps of each epoch
  std::int64_t broken_bonuses = 0;  ///< epochs with some gamma |(P - P^) V_k| above its bonus
  double optimum = 0;               ///< <mu*, r> = (1 - discount) V*
  double eta = 0;                   ///< the step size
};

struct EpochRunOptions {
  std::int64_t epochs = 1000;
  Knowledge knowledge = Knowledge::kCounts;
  const mdp::MixtureBasis* mixture = nullptr;  ///< what kMixture needs
  /// Called after every epoch with their number; false stops the run there.
  std::function<bool(std::int64_t)> observer = nullptr;
};

/// RAVI-UCB plays epochs of the model. Regret is exact: every policy is evaluated on the model, O(S^3) an epoch.
/// InvalidOption unless 0 < discount < 1 and all rewards lie in [0, 1], or where a mixture is wanted and missing.
EpochRun run_ravi_ucb(const mdp::TabularMdp& model, double discount, const RaviUcbOptions& learner,
                      const EpochRunOptions& options, const Stream& stream);

/// H + ln A / eta + eta H^3 K / 4 + 2 sum of <mu_k, CB_k>: the bound on the regret of all of a run whose bonuses are
/// valid, by its own bonuses, for the step size `eta`.
double ravi_regret_bound(const EpochRun& run, double discount, double actions, double eta);

}  // namespace bellwether::online
