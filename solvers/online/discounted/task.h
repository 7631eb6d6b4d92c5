#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/linear/linear_structure.h"
#include "mdp/simulate/simulator.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::online {

/// A discounted model that is played in episodes: after each step one ends with probability 1 - discount, and the next
/// starts from the initial law. The optimum is known to the task, not to the learner.
///
/// Everything here is in the learner's units: rewards in [0, 1], those of the model when they all lie there, else
/// (r - low) / (high - low).
class DiscountedTask {
 public:
  /// InvalidOption unless 0 < discount < 1, InvalidModel when there are more states than kMostStates. Cost: one
  /// discounted solve.
  DiscountedTask(const mdp::TabularMdp& model, double discount, mdp::LinearStructure linear = {});

  /// Every policy that is played is evaluated by a dense system of so many equations at most.
  static constexpr int kMostStates = 2000;

  double discount() const { return discount_; }
  const mdp::TabularMdp& model() const { return simulator_.model(); }
  const mdp::Simulator& simulator() const { return simulator_; }
  /// What learners of linear models may see of it; empty when the model is not known to be linear.
  const mdp::LinearStructure& linear() const { return linear_; }
  std::span<const double> initial() const { return initial_; }

  /// <mu*, r> = (1 - discount) V*, expected over the initial law.
  double optimum() const { return optimum_; }
  /// The occupancy mu = (1 - discount) sum discount^t P(s_t, a_t) of a policy, which gives each choice its probability.
  std::vector<double> occupancy(std::span<const double> policy) const;
  /// A difference of mean rewards, brought back to the model's units.
  double from_unit_loss(double loss) const { return loss / per_range_; }

 private:
  mdp::LinearStructure linear_;
  double discount_, per_range_;
  mdp::Simulator simulator_;
  std::vector<double> initial_;
  double optimum_ = 0;
};

}  // namespace bellwether::online
