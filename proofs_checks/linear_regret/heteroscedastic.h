#pragma once

#include <vector>

#include <Eigen/Core>

#include "core/stream.h"
#include "solvers/online/generative/least_squares_mdvi.h"

namespace bellwether::claims {

/// Rows whose samples differ in variance: six anchors over 30 states, three of them single states and three uniform,
/// mixed by 200 rows phi ~ Dirichlet(1); V is 0 on half of the states and 10 on the others, H = 10.
struct Heteroscedastic {
  Eigen::MatrixXd phi = {};
  std::vector<double> variance = {};  ///< of V, row by row
  std::vector<double> best = {};      ///< f of it
  std::vector<double> ones = {};      ///< f = 1
};

Heteroscedastic heteroscedastic(const Stream& stream);

/// Regression on all rows alike.
online::CoreSet all_rows(const Heteroscedastic& drawn, const std::vector<double>& f);

/// Root of the mean over rows of the variance of their predictions, one sample for each row of the core.
double prediction_error(const Heteroscedastic& drawn, const online::CoreSet& core);

}  // namespace bellwether::claims
