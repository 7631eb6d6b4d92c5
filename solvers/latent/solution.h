#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/solve.h"
#include "solvers/latent/controller.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// What every planner for hidden states returns. `lower` and `upper` enclose the optimum from the initial distribution
/// as well as the value of the returned controller, floating-point rounding included, so the controller loses at most
/// `gap` = upper - lower. Valid for kConverged, kRoundingLimited, kBudgetExhausted and kStoppedByCaller.
struct LatentSolution {
  Status status = Status::kNotRun;
  std::string algorithm = {};
  std::string note = {};
  std::string limit = {};  ///< for kBudgetExhausted: what the gap is limited by
  double value = 0;        ///< the middle of the bounds; of policies with less memory, what they earn themselves
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  double gap = std::numeric_limits<double>::infinity();
  /// Proven bounds on the optimum from more information, best last: `known` when the state (the context) is always
  /// seen, `qmdp` when it is from the second step on, `informed` when it is seen one step late. They are above the
  /// optimum when maximising: known >= qmdp >= informed >= optimum.
  double known = 0, qmdp = 0, informed = 0;
  Controller policy = {};
  std::int64_t iterations = 0;
  std::int64_t vectors = 0;  ///< alpha vectors kept, or beliefs visited
  std::vector<TraceRow> trace = {};
};

}  // namespace bellwether::solvers
