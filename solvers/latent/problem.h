#pragma once

#include "mdp/latent/latent_mdp.h"
#include "mdp/latent/pomdp.h"
#include "solvers/problem.h"

namespace bellwether::solvers {

/// A question about a model whose states are not seen: the best expected reward from its initial distribution over all
/// policies that use what they saw and did. Criteria kDiscounted and kFinite.
struct LatentProblem {
  mdp::Pomdp model;
  Criterion criterion = Criterion::kDiscounted;
  Direction direction = Direction::kMaximise;
  double discount = 1;
  int horizon = 0;  ///< for kFinite, at least 1

  double sign() const { return direction == Direction::kMaximise ? 1.0 : -1.0; }
  /// The question about the same model with its states seen.
  Problem seen() const;
};

/// InvalidOption unless criterion, discount and horizon fit.
void require_valid(const LatentProblem& problem);

}  // namespace bellwether::solvers
