#pragma once

#include <Eigen/Core>

#include "mdp/linear/feature_map.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::solvers {

/// A policy to be evaluated, as linear functions see it: everything an exact answer needs. Episodes may end: what a row
/// lacks of one is the probability of it, and nothing is earned afterwards.
struct FeatureChain {
  Eigen::MatrixXd features;    ///< Phi: a row of d numbers for each state
  Eigen::MatrixXd transition;  ///< P of the policy to be evaluated; rows sum to one at most
  Eigen::VectorXd reward;      ///< expected, of a step
  Eigen::VectorXd weight;      ///< D: how often data begin in each state; sums to one
  double discount = 0.9;       ///< at most 1; at 1 all episodes must end

  int num_states() const { return static_cast<int>(reward.size()); }
  int dimension() const { return static_cast<int>(features.cols()); }
};

/// States that are never left and pay nothing, whatever is played: there an episode is over and the next begins.
std::vector<char> end_states(const mdp::TabularMdp& model);

/// The chain of `target` in a model played by `behaviour`: D is the long-run share of time in each state, episodes
/// beginning anew at the model's initial law as soon as one is over (end states have weight 0 and value 0).
/// InvalidModel when there are more than kMostStates states, features are not of states, behaviour never plays what
/// target plays, no one long-run law exists or every episode is over before it begins. Cost: two dense factorisations.
FeatureChain feature_chain(const mdp::TabularMdp& model, const mdp::Policy& target, const mdp::Policy& behaviour,
                           const mdp::FeatureMap& features, double discount);

inline constexpr int kMostStates = 3000;

/// Features of states out of features of choices: the mean over what the policy plays, so that values are linear in
/// these wherever Q is linear in those. InvalidModel unless there is a row for every choice of the model.
mdp::FeatureMap state_features(const mdp::TabularMdp& model, const mdp::Policy& policy, const mdp::FeatureMap& choices);

/// The initial law without the end states, summing to one.
std::vector<double> restart_law(const mdp::TabularMdp& model, const std::vector<char>& ends);

}  // namespace bellwether::solvers
