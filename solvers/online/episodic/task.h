#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/linear/linear_structure.h"
#include "mdp/simulate/simulator.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::online {

/// What an episodic learner plays: `horizon` stages of a model, the same one at every stage or one a stage. The optimal
/// values of all stages are known to the task, not to the learner: they are what regret is measured by.
///
/// Theory wants rewards in [0, 1]. When those of the model lie there they are left alone; otherwise learners see
/// (r - low) / (high - low), with the range of all rewards that can occur, and results are given in the model's units.
class EpisodicTask {
 public:
  EpisodicTask(const mdp::TabularMdp& model, int horizon, mdp::LinearStructure linear = {});
  /// One model a stage; all have the same choices. InvalidModel when they have not, or features are of other choices.
  explicit EpisodicTask(std::vector<mdp::TabularMdp> stages, mdp::LinearStructure linear = {});

  int num_states() const { return states_; }
  int horizon() const { return horizon_; }
  std::int64_t num_choices() const { return choices_; }
  int largest_num_actions() const { return largest_num_actions_; }
  bool same_at_every_stage() const { return simulators_.size() == 1; }

  const mdp::TabularMdp& model(int stage) const { return simulators_[part(stage)].model(); }
  /// Plays the stage's model; shared by all runs of the task.
  const mdp::Simulator& simulator(int stage) const { return simulators_[part(stage)]; }
  std::span<const std::int64_t> state_begin() const { return model(0).state_begin(); }
  std::span<const double> initial() const { return initial_; }
  /// What learners of linear models may see of it; empty when the model is not known to be linear.
  const mdp::LinearStructure& linear() const { return linear_; }

  /// V*_h(s), in the model's units; stage `horizon` is worth 0.
  double optimal_value(int stage, int s) const { return optimal_[index(stage, s)]; }
  std::span<const double> optimal_values(int stage) const {
    return {optimal_.data() + index(stage, 0), static_cast<std::size_t>(states_)};
  }
  /// V*_h(s) - Q*_h(c), not negative, in the model's units.
  double gap(int stage, std::int64_t choice) const {
    return gap_[static_cast<std::size_t>(stage) * static_cast<std::size_t>(choices_) +
                static_cast<std::size_t>(choice)];
  }
  /// The smallest positive gap; infinity when every choice is optimal everywhere.
  double smallest_gap() const;
  /// The expectation of V*_0 over the initial distribution.
  double optimum() const;

  /// Mean reward of a choice as learners see it.
  double unit_reward(int stage, std::int64_t choice) const {
    return unit_rewards_[part(stage) * static_cast<std::size_t>(choices_) + static_cast<std::size_t>(choice)];
  }
  /// Of all choices, for one stage after the other when stages differ.
  std::span<const double> unit_rewards() const { return unit_rewards_; }
  double to_unit(double reward) const { return (reward - low_) * per_range_; }
  /// A value of a stage in the learner's units, brought back to the model's.
  double from_unit_value(int stage, double value) const { return value / per_range_ + (horizon_ - stage) * low_; }
  /// The difference of two values.
  double from_unit_loss(double loss) const { return loss / per_range_; }

 private:
  std::size_t part(int stage) const { return same_at_every_stage() ? 0 : static_cast<std::size_t>(stage); }
  std::size_t index(int stage, int s) const {
    return static_cast<std::size_t>(stage) * static_cast<std::size_t>(states_) + static_cast<std::size_t>(s);
  }
  void prepare();
  void solve();

  mdp::LinearStructure linear_;
  std::vector<mdp::Simulator> simulators_;  ///< one, or one a stage
  int states_ = 0, horizon_ = 0, largest_num_actions_ = 0;
  std::int64_t choices_ = 0;
  double low_ = 0, per_range_ = 1;
  std::vector<double> initial_, unit_rewards_, optimal_, gap_;
};

}  // namespace bellwether::online
