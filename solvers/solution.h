#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "core/solve.h"
#include "mdp/policy.h"

namespace bellwether::solvers {

/// What every exact planner returns.
///
/// `lower` and `upper` enclose the optimal values of all states, floating-point rounding included, and the value of the
/// returned policy lies in the same interval (so the policy loses at most upper - lower). `gap` is the largest
/// |value - V*| the interval allows; it is infinity when nothing is proven, and then the bounds are empty.
/// Valid for kConverged, kRoundingLimited, kBudgetExhausted and kStoppedByCaller.
struct Solution {
  Status status = Status::kNotRun;
  std::string algorithm = {};  ///< as registered
  std::string note = {};       ///< one or two sentences for the user: what was chosen and why, what limits the answer
  Eigen::VectorXd value = {};  ///< for kAverage the gain of each state
  Eigen::VectorXd lower = {}, upper = {};
  double gap = std::numeric_limits<double>::infinity();
  double residual = std::numeric_limits<double>::infinity();  ///< last |TV - V|, for information
  mdp::Policy policy = {};                                    ///< stationary; empty at finite horizon
  mdp::StagePolicy stages = {};                               ///< finite horizon: one policy a stage
  Eigen::VectorXd bias = {};  ///< kAverage only, 0 in a reference state of each recurrent class
  std::int64_t iterations = 0;
  std::int64_t transitions_read = 0;  ///< total work, in transitions
  std::vector<TraceRow> trace = {};
};

/// The solution with the reason why its planner was chosen before its note.
template <class AnySolution>
AnySolution explained(AnySolution solution, std::string_view why) {
  solution.note = std::string(why) + (solution.note.empty() ? "" : "; " + solution.note);
  return solution;
}

/// What every exact planner accepts beside its own options.
struct SolveOptions {
  double tolerance = 1e-6;  ///< proven sup-norm error at which to stop
  std::int64_t max_iterations = std::numeric_limits<std::int64_t>::max();
  Observer observer = nullptr;
};

}  // namespace bellwether::solvers
