#include "proofs_checks/linear_regret/heteroscedastic.h"

#include <cmath>

#include "core/sampling.h"

namespace bellwether::claims {

Heteroscedastic heteroscedastic(const Stream& stream) {
  constexpr int kAnchors = 6, kStates = 30, kRows = 200;
  constexpr double kHorizon = 10;
  Stream draws = stream.child("heteroscedastic");
  Eigen::VectorXd mean(kAnchors), square(kAnchors);
  for (int i = 0; i < kAnchors; ++i) {
    const bool high = draws.below(kStates) >= kStates / 2;  // where a single state lies
    mean[i] = i < kAnchors / 2 ? (high ? kHorizon : 0) : kHorizon / 2;
    square[i] = kHorizon * mean[i];  // V is 0 or H
  }
  Heteroscedastic out{.phi = Eigen::MatrixXd(kRows, kAnchors), .ones = std::vector<double>(kRows, 1.0)};
  const std::vector<double> law(kAnchors, 1.0);
  std::vector<double> row(kAnchors);
  for (int c = 0; c < kRows; ++c) {
    sample_dirichlet(draws, law, row);
    out.phi.row(c) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), kAnchors);
    const double average = out.phi.row(c).dot(mean);
    out.variance.push_back(out.phi.row(c).dot(square) - average * average);
  }
  out.best = online::variance_weights(out.variance, kHorizon);
  return out;
}

online::CoreSet all_rows(const Heteroscedastic& drawn, const std::vector<double>& f) {
  return {drawn.phi, f, std::vector<double>(f.size(), 1.0)};
}

double prediction_error(const Heteroscedastic& drawn, const online::CoreSet& core) {
  const auto count = static_cast<Eigen::Index>(core.choices().size());
  Eigen::VectorXd total = Eigen::VectorXd::Zero(drawn.phi.rows());
  for (Eigen::Index i = 0; i < count; ++i) {
    const double variance = drawn.variance[static_cast<std::size_t>(core.choices()[static_cast<std::size_t>(i)])];
    total += variance * core.predict(Eigen::VectorXd::Unit(count, i)).cwiseAbs2();
  }
  return std::sqrt(total.mean());
}

}  // namespace bellwether::claims
