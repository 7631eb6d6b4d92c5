#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/paired_test.h"
#include "core/rate_fit.h"
#include "core/statistics.h"
#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"

namespace bellwether::experiments {

// Everything below looks at the finished cells alone. Bootstraps draw from streams named after what they are for, so a
// summary is the same whenever and in whatever order it is made.

/// A metric over the seeds at one checkpoint.
struct Point {
  std::int64_t at = 0;    ///< episodes, steps or samples
  std::size_t seeds = 0;  ///< that the numbers are of
  double mean = 0, standard_error = 0;
  Interval interval;  ///< for the mean at this checkpoint (Student's t)
  Interval band;      ///< for the means at all checkpoints at once
  double low_decile = 0, median = 0, high_decile = 0;
};

/// The learning curve of one learner on one instance.
struct Curve {
  std::size_t instance = 0, learner = 0;
  std::string metric = {};
  std::size_t seeds = 0;  ///< finished ones
  std::vector<Point> points = {};
};

/// Whether its runs end when it is sure of its answer.
bool stops_itself(const LearnerVariant& learner);
/// Whether the metric is the number of episodes or rounds when a run of this learner ended.
bool is_stopping_time(const LearnerVariant& learner, std::string_view metric);
/// The metrics of a learner: those of its protocol; for learners that stop themselves also "episodes" or "rounds", and
/// each has one point, at the largest length.
std::vector<std::string> metrics_of(const LearnerVariant& learner);
/// Whether the learner has the metric, or it is "regret".
bool measures(const LearnerVariant& learner, std::string_view metric);
/// A level (a mean, a share) and no sum that grows: it has no slope, and its axis is linear.
bool is_level(std::string_view metric);
/// "regret" is the regret with the least variance that the protocol measures (the stopping time where learners stop
/// themselves); any other name stands for itself. InvalidOption when the learner has no such metric.
std::string metric_named(const LearnerVariant& learner, std::string_view metric);

/// How many of the finished seeds' runs ended because the learner was sure of its answer; of the others only the limit
/// is known. All of them for learners that never stop by themselves.
struct Stopped {
  std::size_t runs = 0, of = 0;
  bool all() const { return runs == of; }
};
Stopped stopped(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner);

/// What slopes of this learner's metrics are held against: the plan's exponent, negative where errors fall.
double expected_exponent(const Grid& grid, const LearnerVariant& learner);

/// The finished seeds' values of a metric, a row a seed, at the checkpoints that all of them reached. A mean of rounds
/// that were kept leaves out the seeds that kept none, unless nobody kept any.
struct Sample {
  std::vector<std::uint64_t> seeds = {};
  std::vector<std::int64_t> at = {};
  std::vector<double> values = {};
  SampleTable table() const { return {values, at.size()}; }
};
Sample sample(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
              std::string_view metric);

Curve curve(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
            std::string_view metric);

/// How the metric of the plan's summary grows along a curve, over the plan's window.
RateFit rate(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
             std::string_view metric);

/// The final value of a metric along an axis, everything else fixed.
struct AxisPoint {
  double x = 0;  ///< the value as a number (a discount: 1 / (1 - discount)); its position (0, 1, ...) when it is none
  std::string value = {};
  std::size_t instance = 0, learner = 0;
  Point point = {};
};
struct AxisCurve {
  std::string label = {};  ///< what is fixed: "ucbvi-bf (theory) on riverswim@1"
  bool numeric = true;
  std::vector<AxisPoint> points = {};  ///< ascending in x
  RateFit rate = {};                   ///< of the means in x; no slope when values are no numbers
  int missing = 0;                     ///< stopping times that are not known: not all runs stopped within their limit
};
/// What the x of points along this axis is: its name, or "1 / (1 - discount)", which is what theorems count in.
std::string x_of(const Grid& grid, const Axis& axis);
/// Whether the axis is the precision that learners stop at: x is then 1 / epsilon.
bool is_precision(const Grid& grid, const Axis& axis);
std::vector<AxisCurve> against(const Grid& grid, const Results& results, const Axis& axis, std::string_view metric);

}  // namespace bellwether::experiments
