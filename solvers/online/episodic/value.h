#pragma once

#include <vector>

#include "solvers/online/episodic/policy.h"
#include "solvers/online/episodic/reader_masks.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::online {

/// The exact values of a policy that changes a little from time to time.
class PolicyValue {
 public:
  explicit PolicyValue(const EpisodicTask& task);

  /// Evaluates again the stages from `last_changed` down to 0. Costs nothing when it is -1.
  void update(const EpisodicPolicy& policy, int last_changed);
  /// The same values, bit for bit, when the stages above are up to date: only states whose choice changed or that lead
  /// to a state whose value did. Takes note of policy.changed_states and clears it.
  void follow(EpisodicPolicy& policy, int last_changed);

  /// V^pi_0(s), in the model's units.
  double initial_value(int s) const { return value_[static_cast<std::size_t>(s)]; }
  /// V^pi_h(s).
  double value(int stage, int s) const {
    return value_[static_cast<std::size_t>(stage) * states_ + static_cast<std::size_t>(s)];
  }

 private:
  double evaluate(const EpisodicPolicy& policy, int stage, int s) const;
  void find_readers();

  const EpisodicTask* task_;
  std::size_t states_;
  std::vector<double> value_;
  ReaderMasks readers_;                 ///< of a state (and stage, when they differ): the states that lead to it
  std::size_t words_;                   ///< of one bit a state
  std::vector<std::uint64_t> waiting_;  ///< a bit a stage and state
};

}  // namespace bellwether::online
