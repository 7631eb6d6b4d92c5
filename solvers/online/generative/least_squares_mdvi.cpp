#include "solvers/online/generative/least_squares_mdvi.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <Eigen/Cholesky>

#include "core/optimal_design.h"

namespace bellwether::online {
namespace {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;

VectorXd mapped(std::span<const double> x) {
  return Eigen::Map<const VectorXd>(x.data(), static_cast<Index>(x.size()));
}

}  // namespace

CoreSet::CoreSet(std::int64_t choices) : core_(static_cast<std::size_t>(choices)), rank_(static_cast<int>(choices)) {
  std::iota(core_.begin(), core_.end(), std::int64_t{0});
  leverage_ = static_cast<double>(choices);
}

CoreSet::CoreSet(const MatrixXd& phi, std::span<const double> f) {
  const MatrixXd scaled = mapped(f).cwiseInverse().asDiagonal() * phi;
  std::vector<double> rho = optimal_design(scaled, {.tolerance = 0.01}).weights;
  for (double& weight : rho)
    if (weight < kLeastWeight) weight = 0;
  fit(phi, f, rho);
}

CoreSet::CoreSet(const MatrixXd& phi, std::span<const double> f, std::span<const double> rho) { fit(phi, f, rho); }

void CoreSet::fit(const MatrixXd& phi, std::span<const double> f, std::span<const double> rho) {
  inside_ = phi * span_basis(phi);
  rank_ = static_cast<int>(inside_.cols());
  for (std::size_t c = 0; c < rho.size(); ++c)
    if (rho[c] > 0) core_.push_back(static_cast<std::int64_t>(c));
  const auto count = static_cast<Index>(core_.size());
  MatrixXd rows(count, rank_);
  VectorXd load(count);  // rho / f^2, rho summing to one again
  const double sum = std::accumulate(rho.begin(), rho.end(), 0.0);
  for (Index i = 0; i < count; ++i) {
    const auto c = static_cast<std::size_t>(core_[static_cast<std::size_t>(i)]);
    rows.row(i) = inside_.row(static_cast<Index>(c));
    load[i] = rho[c] / sum / (f[c] * f[c]);
  }
  const Eigen::LDLT<MatrixXd> gram(rows.transpose() * load.asDiagonal() * rows);
  coefficients_ = gram.solve(rows.transpose() * load.asDiagonal());
  const MatrixXd solved = gram.solve(inside_.transpose());
  leverage_ = 0;
  for (Index c = 0; c < inside_.rows(); ++c) {
    const double weight = f[static_cast<std::size_t>(c)];
    leverage_ = std::max(leverage_, inside_.row(c).dot(solved.col(c)) / (weight * weight));
  }
}

VectorXd CoreSet::predict(const VectorXd& targets) const {
  if (inside_.size() == 0) return targets;
  return inside_ * (coefficients_ * targets);
}

LeastSquaresMdvi::LeastSquaresMdvi(std::span<const std::int64_t> state_begin, CoreSet core, double alpha)
    : state_begin_(state_begin),
      core_(std::move(core)),
      alpha_(alpha),
      scores_(static_cast<std::size_t>(state_begin.back()), 0.0),
      best_(state_begin.size() - 1, 0.0),
      values_(best_) {}

std::vector<double> LeastSquaresMdvi::mean_scores() const {
  std::vector<double> out(scores_);
  for (double& x : out) x /= std::max(weight_sum_, 1.0);
  return out;
}

void LeastSquaresMdvi::advance(const VectorXd& backups) {
  const VectorXd fresh = core_.predict(backups);
  for (std::size_t c = 0; c < scores_.size(); ++c) scores_[c] = fresh[static_cast<Index>(c)] + alpha_ * scores_[c];
  weight_sum_ = 1 + alpha_ * weight_sum_;
  ++iterations_;
  for (std::size_t s = 0; s < best_.size(); ++s) {
    const double best = *std::max_element(scores_.begin() + state_begin_[s], scores_.begin() + state_begin_[s + 1]);
    values_[s] = best - alpha_ * best_[s];
    best_[s] = best;
  }
}

std::vector<double> variance_weights(std::span<const double> variance, double horizon) {
  std::vector<double> f;
  for (const double x : variance) f.push_back(std::min(std::sqrt(std::max(x, 0.0)) + std::sqrt(horizon), horizon));
  return f;
}

}  // namespace bellwether::online
