#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"
#include "solvers/linear/exact.h"
#include "solvers/linear/predictor.h"

namespace bellwether::solvers {

struct TdOptions {
  double step = 0.05;
  double delay = 1000;
  double decay = 0;
  double lambda = 0;
  std::string average = "none";
};

template <class Field>
void describe(TdOptions& o, Field&& field) {
  field("step", o.step, above(0), "step size of the first update");
  field("delay", o.delay, above(0), "updates after which step sizes begin to fall");
  field("decay", o.decay, between(0, 1), "step sizes are step * (1 + t / delay)^-decay: 0 keeps them");
  field("lambda", o.lambda, between(0, 1), "decay of traces: 0 looks one step ahead, 1 to the end");
  field("average", o.average, one_of({"none", "all", "tail"}),
        "what is reported: the last weights, the mean of all, or of the last half to three quarters");
}

/// TD(lambda) with accumulating traces, importance weighted off policy:
///   e = rho (g lambda e + phi),  w += a_t (r + g phi' w - phi w) e.
/// docs/papers/linear-function-approximation.md, (1). On policy it converges to the fixed point of TD(lambda); off
/// policy it may diverge whatever the steps. O(d) a step.
class TemporalDifference final : public Predictor {
 public:
  /// `start` are the first weights. InvalidOption unless options are valid.
  TemporalDifference(const Eigen::VectorXd& start, double discount, const TdOptions& options = {});
  void learn(const FeatureStep& step) override;
  const Eigen::VectorXd& weights() override;

 private:
  TdOptions options_;
  double discount_;
  bool all_, tail_;
  Eigen::VectorXd w_, trace_, sum_, before_, mean_;
  std::int64_t count_ = 0, block_ = 1, in_sum_ = 0, in_before_ = 0;
};

struct GradientTdOptions {
  double step = 0.005;
  double ratio = 10;
  double delay = 1000;
  double decay = 0;
};

template <class Field>
void describe(GradientTdOptions& o, Field&& field) {
  field("step", o.step, above(0), "step size of the first update of the weights");
  field("ratio", o.ratio, above(0), "how much larger the steps of the second vector are");
  field("delay", o.delay, above(0), "updates after which step sizes begin to fall");
  field("decay", o.decay, between(0, 1), "step sizes are step * (1 + t / delay)^-decay: 0 keeps them");
}

/// GTD2 and TDC (Sutton et al. 2009): stochastic gradient steps on the projected Bellman error with a second vector u
/// that follows C^-1 (b - A w). docs/papers/linear-function-approximation.md, (2) and (3). Converge off policy too, for
/// falling steps and features of full rank. O(d) a step.
class GradientTd final : public Predictor {
 public:
  /// `method` is kGtd2 or kTdc.
  GradientTd(TdMethod method, const Eigen::VectorXd& start, double discount, const GradientTdOptions& options = {});
  void learn(const FeatureStep& step) override;
  const Eigen::VectorXd& weights() override { return w_; }

 private:
  TdMethod method_;
  GradientTdOptions options_;
  double discount_;
  Eigen::VectorXd w_, u_;
  std::int64_t count_ = 0;
};

}  // namespace bellwether::solvers
