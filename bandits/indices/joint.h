#pragma once

#include <span>
#include <vector>

#include "bandits/indices/arm_chain.h"
#include "bandits/indices/beta_gittins.h"

namespace bellwether::bandits {

/// Several arms as one Markov decision process, for as many joint states as memory holds: at most `active` of the
/// arms are played in a round. Discounted below 1, rewards a round in the long run at 1.
struct JointQuestion {
  std::span<const ArmChain> arms = {};
  int active = 1;
  double discount = 1;
  std::vector<int> start = {};  ///< a state of each arm; the long run does not ask
};

/// What the best policy earns, by value iteration with an enclosure no wider than the tolerance: discounted from the
/// start, or a round in the long run (damped by a half, for chains that take turns). InvalidOption beyond 2^18 joint
/// states times choices, or when 200,000 sweeps do not reach the tolerance.
Enclosure joint_optimum(const JointQuestion& question, double tolerance);

/// What the policy earns that plays the arms whose states have the largest priorities above 0, the first of
/// equals.
Enclosure priority_value(const JointQuestion& question, std::span<const std::vector<double>> priorities,
                         double tolerance);

}  // namespace bellwether::bandits
