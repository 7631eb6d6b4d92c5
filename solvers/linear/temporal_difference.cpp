#include "solvers/linear/temporal_difference.h"

#include <cmath>

namespace bellwether::solvers {
namespace {

double falling(double step, double delay, double decay, std::int64_t count) {
  return decay == 0 ? step : step * std::pow(1 + static_cast<double>(count) / delay, -decay);
}

double error_of(const FeatureStep& step, double discount, const Eigen::VectorXd& w) {
  return step.reward + discount * step.to.dot(w) - step.from.dot(w);
}

}  // namespace

TemporalDifference::TemporalDifference(const Eigen::VectorXd& start, double discount, const TdOptions& options)
    : options_(options),
      discount_(discount),
      all_(options.average == "all"),
      tail_(options.average == "tail"),
      w_(start),
      trace_(Eigen::VectorXd::Zero(start.size())),
      sum_(trace_),
      before_(trace_),
      mean_(start) {
  require_valid("td", options);
}

void TemporalDifference::learn(const FeatureStep& step) {
  // The mean is that of the weights with which updates were made: w_0, ..., w_{t-1}.
  if (all_ || tail_) {
    sum_ += w_;
    ++in_sum_;
  }
  const double error = error_of(step, discount_, w_);
  trace_ = step.ratio * (discount_ * options_.lambda * trace_ + step.from);
  w_ += falling(options_.step, options_.delay, options_.decay, count_) * error * trace_;
  if (step.last) trace_.setZero();
  ++count_;
  if (tail_ && in_sum_ == block_) {  // blocks of 1, 2, 4, ...: the last whole one and what came since are kept
    before_.swap(sum_);
    sum_.setZero();
    in_before_ = in_sum_;
    in_sum_ = 0;
    block_ = 2 * in_before_;
  }
}

const Eigen::VectorXd& TemporalDifference::weights() {
  if (in_sum_ + in_before_ == 0) return w_;
  mean_ = (sum_ + before_) / static_cast<double>(in_sum_ + in_before_);
  return mean_;
}

GradientTd::GradientTd(TdMethod method, const Eigen::VectorXd& start, double discount, const GradientTdOptions& options)
    : method_(method), options_(options), discount_(discount), w_(start), u_(Eigen::VectorXd::Zero(start.size())) {
  require_valid(method == TdMethod::kTdc ? "tdc" : "gtd2", options);
}

void GradientTd::learn(const FeatureStep& step) {
  const double a = step.ratio * falling(options_.step, options_.delay, options_.decay, count_);
  const double error = error_of(step, discount_, w_), along = step.from.dot(u_);
  if (method_ == TdMethod::kTdc)
    w_ += a * (error * step.from - discount_ * along * step.to);
  else
    w_ += a * along * (step.from - discount_ * step.to);
  u_ += options_.ratio * a * (error - along) * step.from;
  ++count_;
}

}  // namespace bellwether::solvers
