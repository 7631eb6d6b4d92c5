#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Core>

#include "solvers/problem.h"

namespace bellwether::solvers::discounted {

/// Rewards of size about one, to be maximised: the problem's times a power of two (which rounds nothing) and its sign.
/// Single-precision corrections need it: rewards may be 1e-300 or 1e300.
class Units {
 public:
  explicit Units(const Problem& problem) {
    double largest = 0;
    for (const double r : problem.model.reward()) largest = std::max(largest, std::abs(r));
    const int exponent = largest > 0 ? std::clamp(std::ilogb(largest), -1000, 1000) : 0;
    size_ = std::ldexp(1.0, -exponent);
    per_size_ = std::ldexp(1.0, exponent);
    sign_ = problem.sign();
  }

  /// A reward of the problem in these units.
  double reward(double r) const { return r * (sign_ * size_); }
  /// A length (tolerance, width) of the problem in these units, and back.
  double length(double x) const { return x * size_; }
  double problem_length(double x) const { return x * per_size_; }

  /// A vector of values, there and back, in place.
  void to_problem(Eigen::VectorXd& v) const { v *= sign_ * per_size_; }
  void from_problem(Eigen::VectorXd& v) const { v *= sign_ * size_; }

 private:
  double size_ = 1, per_size_ = 1, sign_ = 1;
};

}  // namespace bellwether::solvers::discounted
