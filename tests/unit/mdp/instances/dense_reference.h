#pragma once

#include <string>
#include <vector>

#include <Eigen/Core>

#include "mdp/instances/instance.h"

namespace bellwether::mdp::reference {

// Small, plain, dense: an independent route to the numbers that instances state about themselves. Shares nothing with
// the product but the model's accessors. Costs S^2 memory a choice list and S^3 an evaluation.

/// Optimal values of all states by policy iteration with LU evaluation; sign -1 minimises.
Eigen::VectorXd discounted_values(const TabularMdp& model, double discount, double sign);

/// Values of the first stage; `stages` empty means that `model` serves all stages.
Eigen::VectorXd finite_values(const TabularMdp& model, const std::vector<TabularMdp>& stages, int horizon, double sign);

/// Values of the first stage under the policy that draws its choice uniformly.
Eigen::VectorXd uniform_finite_values(const TabularMdp& model, const std::vector<TabularMdp>& stages, int horizon);

/// Optimal total reward by value iteration, then policy iteration from the greedy policy.
Eigen::VectorXd total_values(const TabularMdp& model, double sign);

/// Largest probability of reaching a state of the label.
Eigen::VectorXd reach_values(const TabularMdp& model, const std::string& label);

struct GainAndBias {
  double low, high;  ///< enclose the optimal gain
  Eigen::VectorXd bias;
};

/// Relative value iteration on the lazy model (every step is taken with probability 1/2) until the enclosure is 1e-11
/// wide. For models whose optimal gain is the same everywhere.
GainAndBias gain_and_bias(const TabularMdp& model, double sign);

double diameter(const TabularMdp& model);

/// The greedy choice of each state for r + discount P v; sign -1 minimises.
std::vector<int> greedy(const TabularMdp& model, double discount, const Eigen::VectorXd& v, double sign);

/// What the fact is about, computed here.
double recomputed(const NamedInstance& instance, const KnownFact& fact);

}  // namespace bellwether::mdp::reference
