#pragma once

#include <cstdint>
#include <functional>

#include "mdp/tabular_mdp.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// The largest, over ordered pairs of different states, of the least expected number of steps from one to the other.
struct Diameter {
  double lower = 0, upper = 0;         ///< proven; both infinite when some state cannot surely be reached from another
  std::int32_t from = -1, to = -1;     ///< a pair that attains it (or that is infinitely far apart)
  Status status = Status::kConverged;  ///< kRoundingLimited or kStoppedByCaller when the bounds are wider than asked
};

inline constexpr int kMostStatesForDiameter = 20'000;

/// One shortest-path problem a target, each solved to `tolerance` by total_auto, in parallel. 0 for one state.
/// InvalidOption beyond kMostStatesForDiameter states. Cost: S solves. `go_on(targets done)` is asked after each batch.
Diameter diameter(const mdp::TabularMdp& model, double tolerance = 1e-6,
                  const std::function<bool(std::int64_t)>& go_on = nullptr);

}  // namespace bellwether::solvers
