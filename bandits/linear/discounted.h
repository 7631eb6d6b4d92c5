#pragma once

#include <memory>
#include <string>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "bandits/agent.h"
#include "bandits/linear/model.h"
#include "core/options.h"

namespace bellwether::bandits {

/// D-LinUCB (Russac, Vernade, Cappe 2019): least squares in which an observation counts `discount` times as much with
/// every round that passes, and the width of what that forgets. A round costs O(d^3 + K d^2): what is forgotten of the
/// regulariser is put back in all directions, so no rank-one update leads from one inverse to the next.
struct DLinUcbOptions {
  std::string constant = "theory";
  double discount = 0, variation = 1, lambda = 1, delta = 0;
};

template <class Field>
void describe(DLinUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the radius: theory, practical or a number");
  field("discount", o.discount, between(0, 1), "g; 0: from variation; 1: nothing is forgotten, OFUL a priori");
  field("variation", o.variation, at_least(0), "B, how far theta travels in the run: g = 1 - (B / (d T))^(2/3)");
  field("lambda", o.lambda, above(0), "V starts as lambda times the identity");
  field("delta", o.delta, between(0, 0.5), "probability that the ellipsoid of a round may fail; 0: 1 / T");
}

/// D-LinUCB, for claims that look inside.
class DLinUcb final : public Agent {
 public:
  DLinUcb(const World& world, const DLinUcbOptions& options);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::optional<double> optimistic_mean(int arm) const override { return index_[arm]; }

  double discount() const { return discount_; }
  /// Of the last choice. theta is estimate(), V is precision(), V~ is noise_precision().
  const Eigen::VectorXd& estimate() const { return theta_; }
  double radius() const;
  const Eigen::MatrixXd& precision() const { return v_; }
  const Eigen::MatrixXd& noise_precision() const { return tilde_; }

 private:
  double factor_, discount_, lambda_, sigma_, twice_log_, bias_, dimension_, pace_;
  double squares_ = 0;  ///< sum over the rounds so far of g^(2 age)
  ArmFeatures features_;
  Eigen::MatrixXd v_, tilde_, spread_, image_;
  Eigen::VectorXd target_, theta_;
  Eigen::ArrayXd index_;
  Eigen::LLT<Eigen::MatrixXd> factor_of_v_;
};

std::unique_ptr<Agent> make_d_lin_ucb(const World& world, const DLinUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
