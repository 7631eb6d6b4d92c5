#pragma once

#include <Eigen/Core>

#include "mdp/graph/induced_chain.h"

namespace bellwether::mdp {

/// The average reward of a chain and how much better than average it is to start in a state.
struct GainAndBias {
  Eigen::VectorXd gain;  ///< long-run reward a step, starting in each state; constant in a recurrent class
  /// h with gain + h = reward + P h, 0 in the smallest state of each recurrent class. (Differences inside a class are
  /// what matters; h plus any constant a class solves the equations too.)
  Eigen::VectorXd bias;
  RecurrentClasses classes;
};

/// Solves the evaluation equations class by class, then the transient states, with a dense LU up to 200 unknowns and a
/// sparse one beyond, each refined once. Periodic and reducible chains are welcome. InvalidModel when a factorisation
/// breaks down. Nothing is proven: the errors are those of the factorisation.
GainAndBias gain_and_bias(const MarkovChain& chain);

}  // namespace bellwether::mdp
