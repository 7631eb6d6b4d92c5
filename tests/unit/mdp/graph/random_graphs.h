#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::test {

/// A model whose graph is random: up to `max_choices` choices a state, one to three successors each.
inline mdp::TabularMdp random_graph_model(int num_states, int max_choices, Stream random) {
  mdp::TabularMdpBuilder builder(num_states);
  for (int s = 0; s < num_states; ++s) {
    const int choices = 1 + static_cast<int>(random.below(static_cast<std::uint64_t>(max_choices)));
    for (int c = 0; c < choices; ++c) {
      const int successors = 1 + static_cast<int>(random.below(3));
      std::vector<mdp::Entry> row;
      for (int i = 0; i < successors; ++i) {
        row.push_back({static_cast<int>(random.below(static_cast<std::uint64_t>(num_states))), 1.0 / successors, 0.0});
      }
      builder.add_choice(s, static_cast<double>(random.below(3)), row);
    }
  }
  return std::move(builder).build();
}

}  // namespace bellwether::test
