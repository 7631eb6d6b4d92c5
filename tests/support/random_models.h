#pragma once

#include "core/stream.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::test {

struct RandomModelShape {
  int states = 12;
  int most_actions = 4;     ///< each state has 1 to so many choices
  int most_successors = 5;  ///< each choice has 1 to so many
  double reward_scale = 1;  ///< rewards are uniform on [-scale, scale]
  double tie_share = 0;     ///< share of choices that repeat the one before them exactly
};

/// A random model with ragged action sets and rows; the stream decides everything.
mdp::TabularMdp random_model(Stream stream, const RandomModelShape& shape = {});

/// The same model with its states renumbered: state s of the old one is state order[s] of the new one.
mdp::TabularMdp renumbered(const mdp::TabularMdp& model, const std::vector<int>& order);

}  // namespace bellwether::test
