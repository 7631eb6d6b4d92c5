#pragma once

#include "mdp/tabular_mdp.h"

namespace bellwether::online {

/// The lowest and highest reward that can occur.
struct RewardRange {
  double low, high;
  static RewardRange join(const RewardRange& a, const RewardRange& b);

  /// Theory wants rewards in [0, 1]: learners see (r - shift) * factor. Nothing changes when they lie there already.
  double shift() const { return low >= 0 && high <= 1 ? 0 : low; }
  double factor() const { return (low >= 0 && high <= 1) || !(high > low) ? 1 : 1 / (high - low); }
};

/// Over all choices: expected rewards, rewards of single transitions, and what laws with bounded support can draw.
RewardRange reward_range(const mdp::TabularMdp& model);

/// The model with expected rewards alone, as learners see them: one draw a sample, whatever the laws of the rewards.
mdp::TabularMdp with_unit_rewards(const mdp::TabularMdp& model);

/// InvalidModel when the difference of the ends overflows.
void require_finite(const RewardRange& range);

}  // namespace bellwether::online
