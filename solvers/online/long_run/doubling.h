#pragma once

#include <algorithm>

#include "solvers/online/average/agent.h"
#include "solvers/online/long_run/experience.h"

namespace bellwether::online {

/// Ends the epoch when some choice has been taken in it as often as before it, or once if it never was: its visits
/// double, so there are at most SA log_2(8 T / SA) epochs in T >= SA steps (Jaksch, Ortner and Auer 2010,
/// Proposition 18).
inline void end_when_visits_double(const Experience& seen, Epoch& epoch) {
  for (std::int64_t c = 0; c < seen.num_choices(); ++c)
    epoch.most[static_cast<std::size_t>(c)] = std::max<std::int64_t>(1, seen.visits(c));
}

}  // namespace bellwether::online
