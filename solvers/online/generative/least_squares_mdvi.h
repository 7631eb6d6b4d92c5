#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace bellwether::online {

/// A few choices from whose targets those of all others follow by weighted least squares (docs/papers/vwls-mdvi.md).
class CoreSet {
 public:
  /// All choices: targets are what they are.
  explicit CoreSet(std::int64_t choices);
  /// The G-optimal design rho of phi(c) / f(c) (to 1 %), without choices of a weight below kLeastWeight: predictions of
  /// c are phi(c)^T G^+ sum rho phi q / f^2, G = sum rho phi phi^T / f^2. A row of `phi` for each choice; all f > 0.
  CoreSet(const Eigen::MatrixXd& phi, std::span<const double> f);
  /// The same with these weights rho of choices, which must span what phi spans.
  CoreSet(const Eigen::MatrixXd& phi, std::span<const double> f, std::span<const double> rho);

  static constexpr double kLeastWeight = 1e-5;

  /// The choices of the core, ascending.
  std::span<const std::int64_t> choices() const { return core_; }
  /// Predictions for all choices from the targets of the core, in the order of choices().
  Eigen::VectorXd predict(const Eigen::VectorXd& targets) const;
  /// d, the rank of the features; the number of choices for a table.
  int rank() const { return rank_; }
  /// max over all choices of phi^T G^+ phi / f^2: at most d (1 + 1 %) but for what was left out.
  double largest_leverage() const { return leverage_; }

 private:
  void fit(const Eigen::MatrixXd& phi, std::span<const double> f, std::span<const double> rho);

  std::vector<std::int64_t> core_;
  Eigen::MatrixXd inside_;        ///< phi in a basis of its span; empty for a table
  Eigen::MatrixXd coefficients_;  ///< G^-1 rho phi / f^2, rank by core
  int rank_ = 0;
  double leverage_ = 1;
};

/// Mirror descent value iteration with least squares: s_{k+1} = (prediction of q_{k+1}) + alpha s_k, w_k = max s_k,
/// v_k = w_k - alpha w_{k-1}, s_0 = 0; q_{k+1} is the backup of v_k at the core.
class LeastSquaresMdvi {
 public:
  LeastSquaresMdvi(std::span<const std::int64_t> state_begin, CoreSet core, double alpha);

  const CoreSet& core() const { return core_; }
  /// v_k, of states.
  std::span<const double> values() const { return values_; }
  /// s_k, of choices: policies are greedy in it.
  std::span<const double> scores() const { return scores_; }
  /// s_k / (1 + alpha + ... + alpha^{k-1}), the mean of the backups so far, which tends to Q*.
  std::vector<double> mean_scores() const;
  int iterations() const { return iterations_; }

  /// `backups` of v_k, at core().choices().
  void advance(const Eigen::VectorXd& backups);

 private:
  std::span<const std::int64_t> state_begin_;
  CoreSet core_;
  double alpha_, weight_sum_ = 0;
  int iterations_ = 0;
  std::vector<double> scores_, best_, values_;
};

/// f = min{sqrt(max{variance, 0}) + sqrt H, H}: the weights that a predicted variance of the values asks for.
std::vector<double> variance_weights(std::span<const double> variance, double horizon);

}  // namespace bellwether::online
