#pragma once

#include <span>
#include <vector>

#include "solvers/online/episodic/agent.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {

/// What exploration leaves behind: the observed frequencies of every stage, a model to which any rewards can be given
/// afterwards. A row that was never taken leads to nothing.
///
/// Rewards are in [0, 1], that of choice c at stage h in place h * C + c.
class LearntModel {
 public:
  explicit LearntModel(const EpisodicWorld& world)
      : world_(world), counts_(world.horizon * world.num_choices()), now_(states()), next_(states()) {}

  std::int64_t row(int stage, std::int64_t choice) const { return stage * world_.num_choices() + choice; }
  TransitionCounts& counts() { return counts_; }
  const TransitionCounts& counts() const { return counts_; }

  /// Makes `policy` one that is optimal in this model for these rewards; ties go to the first choice.
  void plan(std::span<const double> rewards, EpisodicPolicy& policy) const;
  /// What a deterministic policy is worth in this model from this state on.
  double value(std::span<const double> rewards, const EpisodicPolicy& policy, int state) const;

 private:
  std::size_t states() const { return static_cast<std::size_t>(world_.num_states()); }
  double q(std::span<const double> rewards, int stage, std::int64_t choice) const;

  EpisodicWorld world_;
  TransitionCounts counts_;
  mutable std::vector<double> now_, next_;  ///< room for the values of two stages
};

}  // namespace bellwether::online
