#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/solve.h"
#include "solvers/exact/total/reduced_model.h"
#include "solvers/solution.h"

namespace bellwether::solvers::total {

/// Bounds on the values of a reduced model. At all times lower <= T_pi lower for pi = `row` (so lower bounds the value
/// of pi, and pi ends the play) wherever lower is finite, and upper >= T upper wherever upper is finite.
struct Enclosure {
  std::vector<double> lower, upper;
  std::vector<std::int64_t> row;
};

/// What the signs of rewards and the range of probabilities say at once; infinite where they say nothing.
Enclosure trivial_enclosure(const ReducedModel& m);

/// Consecutive states solved together: one component, or all of them. States behind `end` are never successors.
struct Range {
  int begin = 0, end = 0;
  bool losing = false;
  int size() const { return end - begin; }
};

/// How narrow the enclosure has to become: upper - lower <= 2 tolerance, times |value| when relative.
struct Target {
  double tolerance = 1e-6;
  bool relative = false;
  double fraction = 1;  ///< share granted to this range; ranges solved later inherit the rest

  double width(double lower, double upper) const {
    if (!relative) return 2 * fraction * tolerance;
    const double size = lower > 0 ? lower : (upper < 0 ? -upper : 0);
    return 2 * fraction * tolerance * size;
  }
  bool met(double lower, double upper) const {
    return lower == upper || (upper - lower) * (1 + 8 * kUnitRoundoff) <= width(lower, upper);
  }
};

bool target_met(const Enclosure& e, const Range& range, const Target& target);
double half_width(const Enclosure& e, const Range& range);

/// Counts work, keeps the trace and asks the observer.
class Monitor {
 public:
  explicit Monitor(const SolveOptions& run) : run_(run) {}

  /// After each sweep or policy update; false when the run has to stop.
  bool iteration(std::int64_t transitions, double gap, double residual);
  /// Work that is no iteration (a direct backup); the observer hears of it every few million transitions.
  bool work(std::int64_t transitions);

  /// Asks the observer now; false when the run has to stop.
  bool still_wanted() {
    return report(std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity());
  }
  bool observed() const { return run_.observer != nullptr; }

  bool stopped() const { return status_ != Status::kConverged; }
  Status status() const { return status_; }
  std::int64_t iterations() const { return iterations_; }
  std::int64_t transitions() const { return transitions_; }
  std::vector<TraceRow> take_trace() { return recorder_.take(); }

 private:
  bool report(double gap, double residual);

  const SolveOptions& run_;
  TraceRecorder recorder_;
  Status status_ = Status::kConverged;
  std::int64_t iterations_ = 0, transitions_ = 0, reported_ = 0;
};

}  // namespace bellwether::solvers::total
