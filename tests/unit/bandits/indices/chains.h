#pragma once

#include <cstddef>
#include <vector>

#include "bandits/indices/arm_chain.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// Rows with about `kept` of the successors, uniform weights; rewards uniform in [low, low + 1].
inline ArmChain random_arm(int states, double kept, double low, Stream stream) {
  ArmChain arm{.states = states};
  const auto n = static_cast<std::size_t>(states);
  for (const Activity what : {kRest, kPlay}) {
    for (std::size_t s = 0; s < n; ++s) {
      arm.rewards[what].push_back(low + stream.uniform());
      double sum = 0;
      std::vector<double> row(n);
      for (double& p : row) sum += p = stream.uniform() < kept ? stream.uniform() : 0;
      row[(s + 1) % n] += 0.1;  // one class
      for (const double p : row) arm.transitions[what].push_back(p / (sum + 0.1));
    }
  }
  return arm;
}

inline ArmChain random_rested_arm(int states, double kept, double low, const Stream& stream) {
  const ArmChain arm = random_arm(states, kept, low, stream);
  return rested_arm(arm.rewards[kPlay], arm.transitions[kPlay]);
}

}  // namespace bellwether::bandits
