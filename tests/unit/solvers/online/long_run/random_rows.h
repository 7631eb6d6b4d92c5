#pragma once

#include <vector>

#include "core/sampling.h"
#include "core/stream.h"

namespace bellwether::online {

/// Values of all states (some tied) and an empirical law on some of them.
struct RandomRow {
  RandomRow(Stream stream, int most_states) {
    const auto states = 1 + stream.below(static_cast<std::uint64_t>(most_states));
    for (std::uint64_t s = 0; s < states; ++s) value.push_back(stream.below(4) == 0 ? 0.5 : 10 * stream.uniform() - 5);
    probability.assign(states, 0.0);
    double total = 0;
    for (double& p : probability) {
      if (stream.below(2) == 0) continue;
      p = sample_exponential(stream);
      total += p;
    }
    if (total == 0) {
      probability[stream.below(states)] = 1;
      return;
    }
    for (double& p : probability) p /= total;
  }
  std::vector<double> value, probability;
};

}  // namespace bellwether::online
