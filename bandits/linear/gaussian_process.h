#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/options.h"

namespace bellwether::bandits {

/// What is believed of a function at finitely many points: normal with mean 0 and this covariance before anything was
/// seen. An observation is a rank-one change of the covariance, O(n^2) whatever was seen before; every kRefresh of them
/// all comes anew from a Cholesky factor over the points that were seen.
class GaussianProcess {
 public:
  static constexpr std::int64_t kRefresh = 1000;

  /// variance of the noise > 0.
  GaussianProcess(Eigen::MatrixXd prior, double noise);

  void add(int point, double y);
  const Eigen::VectorXd& mean() const { return mean_; }
  double variance(int point) const { return std::max(0.0, covariance_(point, point)); }
  const Eigen::MatrixXd& covariance() const { return covariance_; }
  /// Computes everything anew.
  void refresh();

 private:
  Eigen::MatrixXd prior_, covariance_;
  Eigen::VectorXd mean_, column_, counts_, sums_;
  double noise_;
  std::int64_t added_ = 0;
};

/// GP-UCB (Srinivas, Krause, Kakade, Seeger 2010) with the radial kernel on the features of a fixed set.
struct GpUcbOptions {
  std::string constant = "theory";
  double lengthscale = 0.2, variance = 1, delta = 0;
};

template <class Field>
void describe(GpUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on sqrt(beta): theory, practical or a number");
  field("lengthscale", o.lengthscale, above(0), "of the kernel exp(-|x - y|^2 / (2 lengthscale^2))");
  field("variance", o.variance, above(0), "of the function at a point before anything was seen");
  field("delta", o.delta, between(0, 0.5), "probability that an interval may fail; 0: 1 / T");
}

std::unique_ptr<Agent> make_gp_ucb(const World& world, const GpUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
