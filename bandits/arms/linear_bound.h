#pragma once

#include <optional>
#include <span>
#include <vector>

#include "bandits/arms/linear.h"

namespace bellwether::bandits {

/// What no consistent learner can beat for long (Lattimore and Szepesvari 2017): regret / ln T is in the limit at least
///
///   inf over alpha >= 0 of sum alpha_a gap_a   such that |a|^2_{H^-1} <= gap_a^2 / (2 sigma^2) for every arm a with a
///   gap,
///
/// H = sum alpha_a a a^T, the best arm's alpha being infinite.
struct InstanceBound {
  double value = 0;  ///< attained by `pulls`, feasible: at most `slack` above the infimum
  double slack = 0;
  std::vector<double> pulls;  ///< alpha; infinite for the best arm
};

/// By a barrier method, Newton's steps of cost K^3. None when rewards are not normal around the score, when the best
/// arm is not unique or the only one, or when there are more than 200 arms.
std::optional<InstanceBound> instance_bound(const LinearBandit& bandit);

/// The best of these means minus the best of the others that are below it; 0 when all are equal.
double least_gap(std::span<const double> means);

}  // namespace bellwether::bandits
