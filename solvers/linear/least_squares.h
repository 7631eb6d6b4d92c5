#pragma once

#include <cstdint>

#include "core/options.h"
#include "solvers/linear/predictor.h"
#include "solvers/linear/rank_one_inverse.h"

namespace bellwether::solvers {

struct LstdOptions {
  double lambda = 0;
  double ridge = 1e-6;
};

template <class Field>
void describe(LstdOptions& o, Field&& field) {
  field("lambda", o.lambda, between(0, 1), "decay of traces");
  field("ridge", o.ridge, above(0), "on the diagonal of the sums over steps to begin with: pulls weights to the start");
}

/// LSTD(lambda) (Bradtke and Barto 1996, Boyan 2002), recursive: the w with A w = b of the sums over all steps so far,
///   e = rho (g lambda e + phi),  A += e (phi - g phi')^T,  b += e r,
/// and A_0 = ridge I, b_0 = ridge w_0. docs/papers/linear-function-approximation.md, (4). O(d^2) a step.
class Lstd final : public Predictor {
 public:
  /// `start` is w_0. InvalidOption unless options are valid.
  Lstd(const Eigen::VectorXd& start, double discount, const LstdOptions& options = {});
  void learn(const FeatureStep& step) override;
  const Eigen::VectorXd& weights() override;

 private:
  LstdOptions options_;
  double discount_;
  RankOneInverse a_;
  Eigen::VectorXd b_, trace_, difference_, w_;
};

/// LSPE(lambda) (Nedic and Bertsekas 2003): with the sums of LSTD and C = ridge I + sum of rho phi phi^T, after each
/// step w += C^-1 (b - A w). docs/papers/linear-function-approximation.md, (5). On policy it converges to the fixed
/// point of TD(lambda). O(d^2) a step.
class Lspe final : public Predictor {
 public:
  Lspe(const Eigen::VectorXd& start, double discount, const LstdOptions& options = {});
  void learn(const FeatureStep& step) override;
  const Eigen::VectorXd& weights() override { return w_; }

 private:
  LstdOptions options_;
  double discount_;
  RankOneInverse c_;
  Eigen::MatrixXd a_;
  Eigen::VectorXd b_, trace_, difference_, weighted_, off_, w_;
};

}  // namespace bellwether::solvers
