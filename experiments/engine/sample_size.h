#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiments/engine/summary.h"

namespace bellwether::experiments {

/// How long a run must be for the mean over seeds of a metric to stay at or below the plan's epsilon from there on,
/// read off the learning curve between checkpoints along a straight line in logarithms. NaN where the curve begins
/// below epsilon or ends above it.
struct NeededLength {
  double x = 0;  ///< on the axis, as in AxisPoint
  double length = 0;
  Interval interval;  ///< from resampled seeds; NaN where some resample has no such length
};

/// The needed lengths along an axis, everything else fixed.
struct NeededCurve {
  std::string label = {};                 ///< what is fixed, as in AxisCurve
  std::size_t instance = 0, learner = 0;  ///< those of the first point
  std::vector<NeededLength> points = {};  ///< ascending in x; those that exist
  int missing = 0;                        ///< points that do not
  RateFit rate = {};                      ///< of the lengths in x, its interval from resampled seeds
};

/// One curve for every learner whose metric falls along its runs: those with a generative model. Whole seeds are
/// resampled, the same ones at all points.
std::vector<NeededCurve> needed_lengths(const Grid& grid, const Results& results, const Axis& axis,
                                        std::string_view metric);

/// Where the means, at ascending places, last cross `level` from above; as in NeededLength.
double last_crossing(std::span<const double> at, std::span<const double> means, double level);

}  // namespace bellwether::experiments
