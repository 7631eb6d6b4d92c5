#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/stream.h"
#include "mdp/latent/latent_mdp.h"

namespace bellwether::solvers {

struct HindsightOptions {
  std::string learner = "mvp";
  std::string constant = "theory";
  double delta = 0.05;
  bool known_weights = true;
};

template <class Field>
void describe(HindsightOptions& o, Field&& field) {
  field("learner", o.learner, one_of({"mvp", "l-ucrl", "bb-rect", "greedy"}), "how to be optimistic");
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical (0.03) or a number");
  field("delta", o.delta, inside(0, 1), "probability with which the bounds may fail");
  field("known_weights", o.known_weights, any_value(), "whether weights and initial laws of the contexts are known");
}

/// What became of a learner that is told the context after each episode.
struct HindsightRun {
  double optimum = 0;
  std::vector<double> regret;    ///< at the checkpoints: the sum of V* - V^pi_k over episodes, both exact
  std::vector<double> promised;  ///< by each plan
  std::int64_t replans = 0;
  double most_replans = 0;  ///< M (SA + 1) (1 + log2 KH), and one for the first
  std::string constant;     ///< "theory", "practical 0.03", "0.1"
};

/// Plays `checkpoints.back()` episodes of a latent model with known rewards (totals at most 1) and unknown rows; the
/// context of each episode is told when it is over (docs/papers/lmdp-horizon-free.md):
///   mvp      monotone value propagation for latent models (Zhou, Wang and Du 2023),
///   l-ucrl   bonuses sqrt(S iota / n) on rewards (after Kwon, Efroni, Caramanis and Mannor 2021),
///   bb-rect  the best model in the Bernstein boxes, chosen anew for each history,
///   greedy   no optimism.
/// A new plan is made whenever a count of a choice or of a context reaches a power of two, from statistics frozen then.
/// Cost: a plan costs (SA)^horizon M; bb-rect grows with the sets of undominated vectors. InvalidOption for options out
/// of range; InvalidModel when totals can exceed 1 or rewards are negative.
HindsightRun learn_with_hindsight(const mdp::LatentMdp& model, int horizon, std::span<const std::int64_t> checkpoints,
                                  const HindsightOptions& options, const Stream& stream);

}  // namespace bellwether::solvers
