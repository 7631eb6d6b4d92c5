#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/linear/linear_structure.h"
#include "mdp/simulate/simulator.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::online {

/// What a learner with a generative model is asked: the optimal values of a discounted model, of which it may have
/// samples of any choice. The optimal values are known to the task, not to the learner.
///
/// The theorems know mean rewards and want them in [0, 1]: learners see (r - low) / (high - low) when some lie outside,
/// and results are given in the model's units. What is sampled is the next state.
class GenerativeTask {
 public:
  /// InvalidOption unless 0 < discount < 1. Cost: one discounted solve.
  GenerativeTask(const mdp::TabularMdp& model, double discount, mdp::LinearStructure linear = {});

  int num_states() const { return model_.num_states(); }
  std::int64_t num_choices() const { return model_.num_choices(); }
  double discount() const { return discount_; }
  const mdp::TabularMdp& model() const { return model_; }
  /// The model with the learner's rewards.
  const mdp::Simulator& simulator() const { return simulator_; }

  /// What learners of linear models may see of it; empty when the model is not known to be linear.
  const mdp::LinearStructure& linear() const { return linear_; }

  // In the model's units. The error of each is at most optimal_gap().
  double optimal_value(int s) const { return optimal_[static_cast<std::size_t>(s)]; }
  double optimal_q(std::int64_t choice) const { return optimal_q_[static_cast<std::size_t>(choice)]; }
  double optimal_gap() const { return gap_; }
  /// A value in the learner's units, brought back to the model's.
  double from_unit_value(double value) const { return value / per_range_ + low_ / (1 - discount_); }
  double to_unit_value(double value) const { return (value - low_ / (1 - discount_)) * per_range_; }

  // In the learner's.
  std::span<const double> unit_rewards() const { return simulator_.model().reward(); }

 private:
  mdp::TabularMdp model_;
  mdp::LinearStructure linear_;
  double discount_, low_, per_range_;
  mdp::Simulator simulator_;
  double gap_ = 0;
  std::vector<double> optimal_, optimal_q_;
};

}  // namespace bellwether::online
