#pragma once

#include <cstdint>

#include "core/stream.h"
#include "solvers/online/episodic/policy.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::online {

/// The choice of a randomised policy, drawn; one uniform number a step.
inline std::int32_t drawn_choice(const EpisodicTask& task, const EpisodicPolicy& policy, int stage, int s,
                                 Stream& stream) {
  const auto begin = task.state_begin();
  const std::int64_t first = begin[static_cast<std::size_t>(s)], last = begin[static_cast<std::size_t>(s) + 1];
  double left = stream.uniform();
  for (std::int64_t c = first; c < last - 1; ++c) {
    left -= policy.probability(stage, c);
    if (left < 0) return static_cast<std::int32_t>(c);
  }
  return static_cast<std::int32_t>(last - 1);
}

}  // namespace bellwether::online
