#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/simulate/simulator.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::online {

/// What a learner of the long run plays: a model in which every state can be reached from every other, so that one
/// optimal gain counts. Gain and bias are known to the task, not to the learner.
///
/// Theory wants rewards in [0, 1]: as in EpisodicTask, learners see (r - low) / (high - low) when some lie outside.
class AverageTask {
 public:
  /// InvalidModel when some state cannot be reached from another. Cost: one average-reward solve.
  explicit AverageTask(const mdp::TabularMdp& model);

  int num_states() const { return model().num_states(); }
  std::int64_t num_choices() const { return model().num_choices(); }
  const mdp::TabularMdp& model() const { return simulator_.model(); }
  const mdp::Simulator& simulator() const { return simulator_; }

  // In the model's units.
  double gain() const { return gain_; }
  double bias(int s) const { return bias_[static_cast<std::size_t>(s)]; }
  double bias_span() const;
  /// gain + bias(s) - r(c) - sum p(s') bias(s'), not negative: what choosing c costs in the long run.
  double gap(std::int64_t choice) const { return gap_[static_cast<std::size_t>(choice)]; }

  // In the learner's.
  double unit_gain() const { return to_unit(gain_); }
  std::span<const double> unit_rewards() const { return unit_rewards_; }
  double to_unit(double reward) const { return (reward - low_) * per_range_; }

 private:
  mdp::Simulator simulator_;
  double gain_ = 0, low_ = 0, per_range_ = 1;
  std::vector<double> bias_, gap_, unit_rewards_;
};

}  // namespace bellwether::online
