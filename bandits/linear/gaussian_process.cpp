#include "bandits/linear/gaussian_process.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "bandits/kernel.h"
#include "bandits/linear/model.h"
#include "bandits/linear/practical.h"
#include "bandits/linear/requirements.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

class GpUcb final : public Agent {
 public:
  GpUcb(const World& world, const GpUcbOptions& options)
      : factor_(Constant("gp-ucb", options.constant, kGpPractical).factor()),
        options_(options),
        noise_(world.sigma * world.sigma),
        log_scale_(std::log(world.arms * std::numbers::pi * std::numbers::pi /
                            (6 * failure_probability(options.delta, world)))),
        index_(world.arms) {}

  int choose(const Round& round) override {
    if (!process_) process_.emplace(prior(round), noise_);
    // sqrt(beta_t), beta_t = 2 ln(K t^2 pi^2 / (6 delta)).
    const double width = factor_ * std::sqrt(2 * (log_scale_ + 2 * std::log(static_cast<double>(round.number))));
    for (int a = 0; a < round.arms; ++a) index_[a] = process_->mean()[a] + width * std::sqrt(process_->variance(a));
    return first_largest(index_);
  }

  void learn(const Feedback& feedback) override { process_->add(feedback.arm, feedback.reward); }

  std::optional<double> optimistic_mean(int arm) const override { return index_[arm]; }

 private:
  Eigen::MatrixXd prior(const Round& round) const {
    Eigen::MatrixXd covariance(round.arms, round.arms);
    for (int a = 0; a < round.arms; ++a)
      for (int b = 0; b < round.arms; ++b)
        covariance(a, b) = options_.variance * radial_kernel(round.feature(a), round.feature(b), options_.lengthscale);
    return covariance;
  }

  double factor_;
  GpUcbOptions options_;
  double noise_, log_scale_;
  std::optional<GaussianProcess> process_;
  Eigen::ArrayXd index_;
};

}  // namespace

GaussianProcess::GaussianProcess(Eigen::MatrixXd prior, double noise)
    : prior_(std::move(prior)),
      covariance_(prior_),
      mean_(Eigen::VectorXd::Zero(prior_.rows())),
      column_(prior_.rows()),
      counts_(mean_),
      sums_(mean_),
      noise_(noise) {}

void GaussianProcess::add(int point, double y) {
  counts_[point] += 1;
  sums_[point] += y;
  if (++added_ % kRefresh == 0) {
    refresh();
    return;
  }
  column_ = covariance_.col(point);
  const double scale = 1 / (noise_ + column_[point]), miss = y - mean_[point];
  mean_ += scale * miss * column_;
  covariance_.noalias() -= (scale * column_) * column_.transpose();
}

void GaussianProcess::refresh() {
  std::vector<Eigen::Index> seen;
  for (Eigen::Index i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0) seen.push_back(i);
  const Eigen::VectorXd counts = counts_(seen), averages = sums_(seen).cwiseQuotient(counts);
  Eigen::MatrixXd among = prior_(seen, seen);
  among.diagonal() += noise_ * counts.cwiseInverse();
  const Eigen::LLT<Eigen::MatrixXd> factor(among);
  const Eigen::MatrixXd across = prior_(seen, Eigen::all);
  mean_ = across.transpose() * factor.solve(averages);
  covariance_ = prior_ - across.transpose() * factor.solve(across);
}

std::unique_ptr<Agent> make_gp_ucb(const World& world, const GpUcbOptions& options, const Stream&) {
  require_features("gp-ucb", world);
  require_sigma("gp-ucb", world);
  require_fixed_set("gp-ucb", world);
  constexpr int kMostArms = 4096;
  if (world.arms > kMostArms)
    throw InvalidOption(
        fmt::format("gp-ucb keeps a covariance of arms times arms: {} arms are more than {}", world.arms, kMostArms));
  return std::make_unique<GpUcb>(world, options);
}

}  // namespace bellwether::bandits
