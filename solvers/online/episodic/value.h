#pragma once

#include <vector>

#include "solvers/online/episodic/policy.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::online {

/// The exact values of a policy that changes a little from time to time.
class PolicyValue {
 public:
  explicit PolicyValue(const EpisodicTask& task);

  /// Evaluates again the stages from `last_changed` down to 0. Costs nothing when it is -1.
  void update(const EpisodicPolicy& policy, int last_changed);

  /// V^pi_0(s), in the model's units.
  double initial_value(int s) const { return value_[static_cast<std::size_t>(s)]; }
  /// V^pi_h(s).
  double value(int stage, int s) const {
    return value_[static_cast<std::size_t>(stage) * states_ + static_cast<std::size_t>(s)];
  }

 private:
  void evaluate_stage(const EpisodicPolicy& policy, int stage);

  const EpisodicTask* task_;
  std::size_t states_;
  std::vector<double> value_;
};

}  // namespace bellwether::online
