#include "bandits/linear/discounted.h"

#include <algorithm>
#include <cmath>

#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "bandits/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

double discount_of(const World& world, const DLinUcbOptions& options) {
  if (options.discount > 0) return options.discount;
  const double room = static_cast<double>(world.dimension) * static_cast<double>(world.rounds);
  return std::max(0.0, 1 - std::cbrt(std::pow(options.variation / room, 2)));
}

/// V = weight V + x x^T + (1 - weight) lambda I: the regulariser stays as it was.
void forget(Eigen::MatrixXd& v, double weight, double lambda, const Eigen::Map<const Eigen::VectorXd>& x) {
  v *= weight;
  v.noalias() += x * x.transpose();
  v.diagonal().array() += (1 - weight) * lambda;
}

}  // namespace

DLinUcb::DLinUcb(const World& world, const DLinUcbOptions& options)
    : factor_(Constant("d-lin-ucb", options.constant, kEllipsoidPractical).factor()),
      discount_(discount_of(world, options)),
      lambda_(options.lambda),
      sigma_(world.sigma),
      twice_log_(2 * std::log(1 / failure_probability(options.delta, world))),
      bias_(std::sqrt(options.lambda) * world.parameter_bound),
      dimension_(world.dimension),
      pace_(world.feature_bound * world.feature_bound / (world.dimension * options.lambda)),
      features_(world),
      v_(options.lambda * Eigen::MatrixXd::Identity(world.dimension, world.dimension)),
      tilde_(v_),
      spread_(v_),
      image_(world.arms, world.dimension),
      target_(Eigen::VectorXd::Zero(world.dimension)),
      theta_(target_),
      index_(world.arms),
      factor_of_v_(v_) {}

double DLinUcb::radius() const {
  return factor_ * (bias_ + sigma_ * std::sqrt(twice_log_ + dimension_ * std::log1p(squares_ * pace_)));
}

int DLinUcb::choose(const Round& round) {
  features_.look(round);
  factor_of_v_.compute(v_);
  theta_ = target_;
  factor_of_v_.solveInPlace(theta_);
  spread_ = tilde_;  // becomes V^-1 V~ V^-1
  factor_of_v_.solveInPlace(spread_);
  spread_.transposeInPlace();
  factor_of_v_.solveInPlace(spread_);
  image_.noalias() = features_.matrix() * spread_;
  index_ = image_.cwiseProduct(features_.matrix()).rowwise().sum().array().max(0).sqrt() * radius();
  index_.matrix().noalias() += features_.matrix() * theta_;
  return first_largest(index_);
}

void DLinUcb::learn(const Feedback& feedback) {
  const Eigen::Map<const Eigen::VectorXd> x(feedback.feature.data(), theta_.size());
  forget(v_, discount_, lambda_, x);
  forget(tilde_, discount_ * discount_, lambda_, x);
  target_ *= discount_;
  target_ += feedback.reward * x;
  squares_ = discount_ * discount_ * squares_ + 1;
}

std::unique_ptr<Agent> make_d_lin_ucb(const World& world, const DLinUcbOptions& options, const Stream&) {
  require_features("d-lin-ucb", world);
  require_linear("d-lin-ucb", world);
  require_sigma("d-lin-ucb", world);
  require_prompt("d-lin-ucb", world);
  return std::make_unique<DLinUcb>(world, options);
}

}  // namespace bellwether::bandits
