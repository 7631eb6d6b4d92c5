#include "bandits/contextual/square_cb.h"

#include <algorithm>
#include <cmath>

#include "bandits/linear/requirements.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// What the oracle may lose to the best predictor in square loss over all rounds, rewards being at most `reach` in
/// size: lambda S^2 + reach^2 d ln(1 + T L^2 / d) with lambda = 1 (Vovk 2001), or reach^2 K (1 + ln T) for K means.
double oracle_regret(const World& world) {
  const bool bounded = std::isfinite(world.low) && std::isfinite(world.high);
  const double reach = bounded ? std::max(std::abs(world.low), std::abs(world.high))
                               : world.sigma + world.feature_bound * world.parameter_bound;
  const auto rounds = static_cast<double>(world.rounds);
  if (world.dimension == 0) return reach * reach * world.arms * (1 + std::log(rounds));
  const double d = world.dimension, square = world.feature_bound * world.feature_bound;
  return world.parameter_bound * world.parameter_bound + reach * reach * d * std::log1p(rounds * square / d);
}

}  // namespace

void inverse_gap_weights(std::span<const double> predictions, double gamma, std::span<double> out) {
  const auto arms = static_cast<double>(predictions.size());
  const std::size_t best = static_cast<std::size_t>(std::ranges::max_element(predictions) - predictions.begin());
  double rest = 1;
  for (std::size_t a = 0; a < predictions.size(); ++a) {
    if (a == best) continue;
    out[a] = 1 / (arms + gamma * (predictions[best] - predictions[a]));
    rest -= out[a];
  }
  out[best] = rest;
}

SquareCb::SquareCb(const World& world, const SquareCbOptions& options, const Stream& stream)
    : sum_(static_cast<std::size_t>(world.arms)),
      count_(sum_.size()),
      predictions_(sum_.size()),
      weights_(sum_.size()),
      stream_(stream) {
  const double cost = oracle_regret(world) + std::log(2 / failure_probability(options.delta, world));
  const double theory = std::sqrt(world.arms * static_cast<double>(world.rounds) / cost);
  gamma_ = (options.gamma > 0 ? options.gamma : theory) /
           Constant("square-cb", options.constant, kSquareCbPractical).factor();
  if (world.dimension > 0) model_.emplace(world, 1);
}

int SquareCb::choose(const Round& round) {
  if (model_) {
    model_->look(round);
    // The forecaster adds the point it predicts at to V before it does: <b, (V + a a^T)^-1 a>.
    for (int a = 0; a < round.arms; ++a)
      predictions_[static_cast<std::size_t>(a)] = model_->means()[a] / (1 + model_->squared_norms()[a]);
  }
  inverse_gap_weights(predictions_, gamma_, weights_);
  double left = stream_.uniform();
  for (std::size_t a = 0; a < weights_.size(); ++a) {
    left -= weights_[a];
    if (left < 0) return static_cast<int>(a);
  }
  return static_cast<int>(std::ranges::max_element(weights_) - weights_.begin());
}

void SquareCb::learn(const Feedback& feedback) {
  if (model_) {
    model_->learn(feedback.feature, feedback.reward);
    return;
  }
  const auto a = static_cast<std::size_t>(feedback.arm);
  sum_[a] += feedback.reward;
  predictions_[a] = sum_[a] / ++count_[a];
}

std::unique_ptr<Agent> make_square_cb(const World& world, const SquareCbOptions& options, const Stream& stream) {
  require_sigma("square-cb", world);
  if (Constant("square-cb", options.constant, kSquareCbPractical).factor() == 0)
    throw InvalidOption("square-cb divides by its constant, which is 0");
  return std::make_unique<SquareCb>(world, options, stream);
}

}  // namespace bellwether::bandits
