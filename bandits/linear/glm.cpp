#include "bandits/linear/glm.h"

#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "core/errors.h"
#include "core/learner.h"
#include "core/optimal_design.h"

namespace bellwether::bandits {
namespace {

double logistic(double score) { return 1 / (1 + std::exp(-score)); }
/// ln(1 + exp(score)), whose derivative is the logistic function.
double softplus(double score) { return std::max(score, 0.0) + std::log1p(std::exp(-std::abs(score))); }

/// The least slope of the link among scores that parameters within 1 of theta* can have.
double least_slope(const World& world) {
  if (world.link != Link::kLogistic) return 1;
  const double m = logistic(world.feature_bound * (world.parameter_bound + 1));
  return m * (1 - m);
}

}  // namespace

LikelihoodFit::LikelihoodFit(int dimension, Link link, double penalty)
    : link_(link), penalty_(penalty), dimension_(dimension), theta_(Eigen::VectorXd::Zero(dimension)) {}

void LikelihoodFit::add(std::span<const double> feature, double y, int key) {
  const bool keyed = key >= 0;
  if (keyed && static_cast<std::size_t>(key) >= place_.size()) place_.resize(static_cast<std::size_t>(key) + 1, -1);
  if (keyed && place_[static_cast<std::size_t>(key)] >= 0) {
    const auto at = static_cast<std::size_t>(place_[static_cast<std::size_t>(key)]);
    counts_[at] += 1;
    sums_[at] += y;
    return;
  }
  if (keyed) place_[static_cast<std::size_t>(key)] = static_cast<int>(counts_.size());
  features_.insert(features_.end(), feature.begin(), feature.end());
  counts_.push_back(1);
  sums_.push_back(y);
}

const Eigen::VectorXd& LikelihoodFit::fit() {
  constexpr int kMostSteps = 100;
  for (int i = 0; i < kMostSteps && newton(); ++i) continue;
  return theta_;
}

Eigen::ArrayXd LikelihoodFit::scores(const Eigen::VectorXd& theta) const { return points() * theta; }

double LikelihoodFit::objective(const Eigen::VectorXd& theta) const {
  const Eigen::ArrayXd score = scores(theta);
  double value = 0.5 * penalty_ * theta.squaredNorm();
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const double x = score[static_cast<Eigen::Index>(i)];
    value += counts_[i] * (link_ == Link::kLogistic ? softplus(x) : x * x / 2) - sums_[i] * x;
  }
  return value;
}

Eigen::VectorXd LikelihoodFit::gradient(const Eigen::VectorXd& theta) const {
  Eigen::ArrayXd excess = scores(theta);
  if (link_ == Link::kLogistic) excess = excess.unaryExpr(&logistic);
  const auto size = static_cast<Eigen::Index>(counts_.size());
  excess = excess * Eigen::Map<const Eigen::ArrayXd>(counts_.data(), size) -
           Eigen::Map<const Eigen::ArrayXd>(sums_.data(), size);
  return penalty_ * theta + points().transpose() * excess.matrix();
}

Eigen::MatrixXd LikelihoodFit::curvature() const {
  Eigen::ArrayXd weight = Eigen::Map<const Eigen::ArrayXd>(counts_.data(), static_cast<Eigen::Index>(counts_.size()));
  if (link_ == Link::kLogistic) {
    const Eigen::ArrayXd m = scores(theta_).unaryExpr(&logistic);
    weight *= m * (1 - m);
  }
  return penalty_ * Eigen::MatrixXd::Identity(dimension_, dimension_) +
         points().transpose() * (weight.matrix().asDiagonal() * points());
}

double LikelihoodFit::gradient_norm() const { return gradient(theta_).norm(); }

bool LikelihoodFit::newton() {
  const Eigen::VectorXd slope = gradient(theta_);
  if (slope.norm() < 1e-9) return false;
  const Eigen::VectorXd step = -curvature().ldlt().solve(slope);
  // Near the maximum a full step shortens the gradient, even where rounding hides the fall of the objective; far from
  // it a full step may be too long.
  double length = 1;
  if (!(gradient(theta_ + step).norm() < slope.norm() / 2)) {
    const double here = objective(theta_), fall = slope.dot(step);
    while (length > 1e-9 && !(objective(theta_ + length * step) < here + 1e-4 * length * fall)) length /= 2;
    if (length <= 1e-9) return false;
  }
  theta_ += length * step;
  return true;
}

UcbGlm::UcbGlm(const World& world, const UcbGlmOptions& options, const Stream& stream)
    : world_(world),
      growth_(options.growth),
      precision_(Eigen::MatrixXd::Zero(world.dimension, world.dimension)),
      target_(Eigen::VectorXd::Zero(world.dimension)),
      fit_(world.dimension, world.link, options.penalty),
      index_(world.arms),
      stream_(stream) {
  const double d = world.dimension, rounds = static_cast<double>(world.rounds);
  alpha_ = Constant("ucb-glm", options.constant, kEllipsoidPractical).factor() * world.sigma / least_slope(world) *
           std::sqrt(d / 2 * std::log1p(2 * rounds / d) - std::log(failure_probability(options.delta, world)));
}

int UcbGlm::choose(const Round& round) {
  if (rank_ == 0)
    rank_ = world_.same_features
                ? span_basis(Eigen::Map<const LikelihoodFit::Rows>(round.features.data(), round.arms, round.dimension))
                      .cols()
                : round.dimension;
  if (!model_) return static_cast<int>(stream_.below(static_cast<std::uint64_t>(round.arms)));
  model_->look(round);
  if (world_.link == Link::kLogistic)
    index_.matrix().noalias() = model_->features() * fit_.theta();  // the link is increasing: scores order the arms
  else
    index_ = model_->means();
  index_ += alpha_ * model_->squared_norms().sqrt();
  return first_largest(index_);
}

void UcbGlm::gather(const Feedback& feedback) {
  const Eigen::Map<const Eigen::VectorXd> x(feedback.feature.data(),
                                            static_cast<Eigen::Index>(feedback.feature.size()));
  precision_ += x * x.transpose();
  target_ += feedback.reward * x;
  if (++gathered_ < rank_) return;
  const Eigen::VectorXd values =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(precision_, Eigen::EigenvaluesOnly).eigenvalues();
  const Eigen::Index d = values.size();
  if (values[d - rank_] < 1) return;  // the least one of the space that the arms span
  // Directions that no arm has: any positive number will do.
  if (rank_ < d) precision_ += 1e-6 * Eigen::MatrixXd::Identity(d, d);
  model_.emplace(world_, Ridge(precision_, target_));
  ahead_ = model_->ridge();
  lazy_.emplace(1 + growth_);
  if (world_.link == Link::kLogistic) fit_.fit();
}

void UcbGlm::learn(const Feedback& feedback) {
  if (world_.link == Link::kLogistic)
    fit_.add(feedback.feature, feedback.reward, world_.same_features ? feedback.arm : -1);
  if (!model_) {
    gather(feedback);
    return;
  }
  if (growth_ == 0) {
    model_->learn(feedback.feature, feedback.reward);
  } else {
    ahead_->add(feedback.feature, feedback.reward);
    if (!lazy_->due(ahead_->log_det_growth())) return;
    model_->take(*ahead_);
  }
  if (world_.link == Link::kLogistic) fit_.fit();
}

std::unique_ptr<Agent> make_ucb_glm(const World& world, const UcbGlmOptions& options, const Stream& stream) {
  require_features("ucb-glm", world);
  require_sigma("ucb-glm", world);
  if (world.link == Link::kUnknown || world.link == Link::kOther)
    throw InvalidOption("ucb-glm needs to know how means come from scores, and of this bandit nobody does");
  return std::make_unique<UcbGlm>(world, options, stream);
}

}  // namespace bellwether::bandits
