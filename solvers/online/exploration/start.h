#pragma once

#include <string_view>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

/// InvalidOption unless the world says where episodes start: rules of stopping speak of nothing else.
inline void require_start(std::string_view learner, const EpisodicWorld& world) {
  if (static_cast<int>(world.initial.size()) != world.num_states())
    throw InvalidOption(fmt::format("{}: the distribution of starting states has {} entries, there are {} states",
                                    learner, world.initial.size(), world.num_states()));
}

/// The expectation of f(s) over the starting states.
template <class F>
double over_start(const EpisodicWorld& world, F&& f) {
  double sum = 0;
  for (int s = 0; s < world.num_states(); ++s) {
    const double weight = world.initial[static_cast<std::size_t>(s)];
    if (weight > 0) sum += weight * f(s);
  }
  return sum;
}

}  // namespace bellwether::online
