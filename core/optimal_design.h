#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

namespace bellwether {

struct DesignOptions {
  double tolerance = 1e-6;  ///< the largest leverage may exceed its least possible value by this share
  std::int64_t max_steps = 1'000'000;
};

/// Weights on points that make the worst variance of a least-squares prediction at the points small.
struct Design {
  std::vector<double> weights = {};  ///< of the points, summing to one
  int rank = 0;                      ///< of the points: the least largest leverage (Kiefer and Wolfowitz 1960)
  double largest_leverage = 0;  ///< max over points of x^T V^+ x, V = sum of weights x x^T, from a fresh factor of V
  std::int64_t steps = 0;
  bool converged = false;  ///< largest_leverage <= (1 + tolerance) rank

  int support() const;
};

/// The G-optimal (and D-optimal) design of the rows of `points` by Fedorov's and Wynn's steps towards the point of
/// largest leverage, with exact line search, and steps away from the supported point of least leverage (Wolfe 1970,
/// Atwood 1973), which make it converge linearly. Starts from as many points as the rank, far apart (pivoted QR). Cost
/// of a step: n d. Points may span less than the whole space; all zero: rank 0 and uniform weights.
Design optimal_design(const Eigen::MatrixXd& points, const DesignOptions& options = {});

/// An orthonormal basis (columns) of the span of the rows of `points`.
Eigen::MatrixXd span_basis(const Eigen::MatrixXd& points);

}  // namespace bellwether
