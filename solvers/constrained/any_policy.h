#pragma once

#include <memory>
#include <vector>

#include "mdp/policy.h"

namespace bellwether::solvers::constrained {

/// How often each choice is taken, discounted: one list a stage, or only one.
using Masses = std::vector<std::vector<double>>;

/// A policy of any criterion: stationary, one a stage, or one of several drawn before the first step and kept.
struct AnyPolicy {
  mdp::Policy stationary = {};
  mdp::StagePolicy stages = {};
  std::vector<mdp::Policy> parts = {};
  std::vector<double> weights = {};  ///< of the parts
  /// Of a mixture of others, whose occupancy was summed to make it (weights that sum to one); mixing it again is then
  /// quick.
  std::shared_ptr<const Masses> mass = {};
};

/// How often a policy takes each choice from the initial distribution.
struct Occupation {
  Masses mass = {};              ///< discounted, one list a stage; for the average long-run frequencies
  std::vector<double> way = {};  ///< average: visits before the play settles
};

}  // namespace bellwether::solvers::constrained
