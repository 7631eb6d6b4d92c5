#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"
#include "mdp/latent/latent_mdp.h"

namespace bellwether::solvers {

struct OmleRun {
  std::vector<double> regret;     ///< after each episode, exact
  std::vector<int> in_the_set;    ///< how many models were still possible when an episode began
  bool truth_left = false;        ///< whether the true model was ever thrown out
  std::int64_t found_after = -1;  ///< the first episode from which on nothing was lost, or -1
};

/// Optimistic maximum likelihood (Liu, Chung, Szepesvari and Jin 2022) on a finite class of latent models with the same
/// sizes whose rewards are functions of context, state and choice and are seen: each episode plays the best policy of
/// the most valuable model among those with log-likelihood within beta = factor ln(|class| K / delta) of the largest.
/// Policies look at states and actions. Without hindsight: the context is never told. docs/papers/latent-mdps.md,
/// "Learning". Cost: one history plan a model, then a filter a model and step. InvalidModel when sizes differ or
/// rewards are random, InvalidOption when there is no such `truth`.
OmleRun omle(std::span<const mdp::LatentMdp> models, int truth, int horizon, std::int64_t episodes, double delta,
             const Stream& stream, double factor = 1);

}  // namespace bellwether::solvers
