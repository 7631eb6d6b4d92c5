#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// What an adversary shows in place of rewards.
struct Corruption {
  std::int64_t rounds = 0;         ///< the first so many
  std::vector<double> means = {};  ///< of the 0-or-1 rewards shown, one an arm; empty: low + high - reward
};

/// A bandit whose first rewards are corrupted: what is shown is wrong, the means and the regret are the bandit's own.
/// (reward-regret and hindsight-regret count what was shown, and the latter does not exist.) InvalidOption when the
/// corruption does not fit the rewards.
std::shared_ptr<const Bandit> corrupted(std::shared_ptr<const Bandit> base, Corruption corruption);

}  // namespace bellwether::bandits
