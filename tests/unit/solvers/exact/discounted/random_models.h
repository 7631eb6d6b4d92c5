#pragma once

#include <cstdint>
#include <vector>

#include "core/stream.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::test {

enum class Shape { kGarnet, kCorridor, kRing };

struct ModelRecipe {
  Shape shape = Shape::kGarnet;
  int states = 20, actions = 3, branching = 4;
  double scale = 1;   ///< of the rewards, uniform in [-scale, scale]
  double tied = 0;    ///< share of choices that repeat their neighbour exactly
  double floor = -1;  ///< rewards are uniform in [floor * scale, scale]
};

/// Garnet: random successors. Corridor: a slippery line that mixes slowly and ends in a terminal state. Ring: one step
/// round a circle, so the play is periodic and spans never shrink by mixing.
inline mdp::TabularMdp random_model(const ModelRecipe& recipe, std::uint64_t seed) {
  Stream rng(seed);
  mdp::TabularMdpBuilder builder(recipe.states);
  std::vector<mdp::Entry> row;
  for (int s = 0; s < recipe.states; ++s) {
    double reward = 0;
    const bool terminal = recipe.shape == Shape::kCorridor && s == recipe.states - 1;
    for (int a = 0; a < recipe.actions; ++a) {
      if (a > 0 && rng.uniform() < recipe.tied) {
        builder.add_choice(s, reward, row);
        continue;
      }
      row.clear();
      if (terminal) {
        row.push_back({s, 1.0});
      } else if (recipe.shape == Shape::kGarnet) {
        double total = 0;
        for (int k = 0; k < recipe.branching; ++k) {
          row.push_back({static_cast<int>(rng.below(static_cast<std::uint64_t>(recipe.states))), 0.05 + rng.uniform()});
          total += row.back().probability;
        }
        for (mdp::Entry& entry : row) entry.probability /= total;
      } else if (recipe.shape == Shape::kCorridor) {
        const double forward = 0.5 + 0.1 * a;
        row = {{s + 1, forward}, {s == 0 ? 0 : s - 1, 1 - forward}};
      } else {
        row = {{(s + 1 + a) % recipe.states, 1.0}};
      }
      reward = terminal ? 0 : recipe.scale * (recipe.floor + (1 - recipe.floor) * rng.uniform());
      builder.add_choice(s, reward, row);
    }
  }
  return std::move(builder).build();
}

}  // namespace bellwether::test
