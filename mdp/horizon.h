#pragma once

#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// A model played for a fixed number of stages: one model throughout, or one a stage over the same states.
class FiniteHorizonMdp {
 public:
  /// Stationary: the same model in all `horizon` stages.
  FiniteHorizonMdp(TabularMdp model, int horizon);
  /// Stage-dependent: stages[h] governs stage h (0 first); action sets may differ by stage.
  explicit FiniteHorizonMdp(std::vector<TabularMdp> stages);

  int horizon() const { return horizon_; }
  int num_states() const { return models_.front().num_states(); }
  bool is_stationary() const { return models_.size() == 1; }
  const TabularMdp& stage(int h) const { return models_[is_stationary() ? 0 : static_cast<std::size_t>(h)]; }

 private:
  std::vector<TabularMdp> models_;
  int horizon_;
};

}  // namespace bellwether::mdp
