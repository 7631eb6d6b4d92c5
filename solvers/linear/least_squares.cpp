#include "solvers/linear/least_squares.h"

namespace bellwether::solvers {

Lstd::Lstd(const Eigen::VectorXd& start, double discount, const LstdOptions& options)
    : options_(options),
      discount_(discount),
      a_(static_cast<int>(start.size()), (require_valid("lstd", options), options.ridge)),
      b_(options.ridge * start),
      trace_(Eigen::VectorXd::Zero(start.size())),
      difference_(start.size()),
      w_(start) {}

void Lstd::learn(const FeatureStep& step) {
  trace_ = step.ratio * (discount_ * options_.lambda * trace_ + step.from);
  difference_ = step.from - discount_ * step.to;
  a_.add(trace_, difference_);
  b_ += step.reward * trace_;
  if (step.last) trace_.setZero();
}

const Eigen::VectorXd& Lstd::weights() {
  w_.noalias() = a_.inverse() * b_;
  return w_;
}

Lspe::Lspe(const Eigen::VectorXd& start, double discount, const LstdOptions& options)
    : options_(options),
      discount_(discount),
      c_(static_cast<int>(start.size()), (require_valid("lspe", options), options.ridge)),
      a_(c_.matrix()),
      b_(options.ridge * start),
      trace_(Eigen::VectorXd::Zero(start.size())),
      difference_(start.size()),
      weighted_(start.size()),
      off_(start.size()),
      w_(start) {}

void Lspe::learn(const FeatureStep& step) {
  trace_ = step.ratio * (discount_ * options_.lambda * trace_ + step.from);
  difference_ = step.from - discount_ * step.to;
  weighted_ = step.ratio * step.from;
  c_.add(weighted_, step.from);
  a_.noalias() += trace_ * difference_.transpose();
  b_ += step.reward * trace_;
  if (step.last) trace_.setZero();
  off_ = b_;
  off_.noalias() -= a_ * w_;
  w_.noalias() += c_.inverse() * off_;
}

}  // namespace bellwether::solvers
