#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace bellwether::solvers {

/// A function of one number that is to be maximised, whatever its shape, and what is known about it between two points.
struct ScalarFunction {
  std::function<double(double x)> value;  ///< no number when it was stopped on the way
  /// An upper bound on the values in [a, b], from value(a) and value(b).
  std::function<double(double a, double value_a, double b, double value_b)> bound;
  /// A point strictly between to look at next; none when the interval is to be looked at no further.
  std::function<std::optional<double>(double a, double b)> split;
};

struct ScalarMaximum {
  double argument = 0, value = 0;
  double upper = 0;  ///< no value of the function on the interval is larger
  std::int64_t evaluations = 0;
  bool stopped = false;    ///< `proceed` said no, or a value was no number
  bool exhausted = false;  ///< there were `most_evaluations`
};

/// The largest value on [low, high] by branch and bound: intervals with the largest bound first, until no bound exceeds
/// the best value by more than `tolerance`. A bound that is no number counts as infinite. `proceed` is asked after
/// every evaluation.
ScalarMaximum maximise(const ScalarFunction& function, double low, double high, double tolerance,
                       const std::function<bool(std::int64_t evaluations, double gap)>& proceed,
                       std::int64_t most_evaluations = 1'000'000);

/// Splits an interval in the middle until neighbours are a few units of rounding apart.
std::optional<double> middle_of(double a, double b);

}  // namespace bellwether::solvers
