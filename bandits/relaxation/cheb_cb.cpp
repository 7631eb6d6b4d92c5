#include "bandits/relaxation/cheb_cb.h"

#include <algorithm>
#include <cmath>

#include "bandits/relaxation/iterations.h"

namespace bellwether::bandits {

BoundedRegression::BoundedRegression(int features)
    : size_(static_cast<std::size_t>(features)), gram_(size_ * size_), target_(size_), theta_(size_) {}

void BoundedRegression::add(std::span<const double> features, double target) {
  for (std::size_t i = 0; i < size_; ++i) {
    target_[i] += features[i] * target;
    for (std::size_t j = 0; j < size_; ++j) gram_[i * size_ + j] += features[i] * features[j];
  }
}

void BoundedRegression::fit(std::span<const double> bounds) {
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < size_; ++i) {
      const double curvature = gram_[i * size_ + i];
      if (curvature <= 0) continue;
      double slope = target_[i];
      for (std::size_t j = 0; j < size_; ++j) slope -= gram_[i * size_ + j] * theta_[j];
      theta_[i] = std::clamp(theta_[i] + slope / curvature, -bounds[i], bounds[i]);
    }
  }
}

double BoundedRegression::predict(std::span<const double> features) const {
  double sum = 0;
  for (std::size_t i = 0; i < size_; ++i) sum += theta_[i] * features[i];
  return sum;
}

ChebCb::ChebCb(const World& world, const ChebCbOptions& options, const Stream& stream)
    : smoothness_(options.smoothness),
      exploration_(options.exploration),
      stream_(stream),
      regressions_(static_cast<std::size_t>(world.arms), BoundedRegression(options.polynomials)),
      features_(static_cast<std::size_t>(options.polynomials)),
      bounds_(features_.size(), -world.low),
      predicted_(regressions_.size()),
      p_(regressions_.size()) {}

int ChebCb::choose(const Round& round) {
  const double x = context_of(round);
  for (std::size_t j = 0; j < features_.size(); ++j)
    features_[j] = j == 0 ? 1 : (j == 1 ? x : 2 * x * features_[j - 1] - features_[j - 2]);
  for (std::size_t i = 0; i < p_.size(); ++i) predicted_[i] = regressions_[i].predict(features_) / scale();
  const auto best = static_cast<std::size_t>(std::ranges::min_element(predicted_) - predicted_.begin());
  const auto d = static_cast<double>(p_.size());
  const double eta = exploration_ * std::sqrt(d * static_cast<double>(round.number));
  double rest = 1;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    if (i == best) continue;
    p_[i] = 1 / (d + eta * (predicted_[i] - predicted_[best]));
    rest -= p_[i];
  }
  p_[best] = rest;
  return draw_arm(p_, stream_);
}

void ChebCb::learn(const Feedback& feedback) {
  const double loss = -feedback.reward - 1;
  sum_ += loss;
  ++count_;
  for (std::size_t j = 1; j < bounds_.size(); ++j) bounds_[j] = smoothness_ * scale() / static_cast<double>(j);
  BoundedRegression& regression = regressions_[static_cast<std::size_t>(feedback.arm)];
  regression.add(features_, loss);
  regression.fit(bounds_);
}

std::unique_ptr<Agent> make_cheb_cb(const World& world, const ChebCbOptions& options, const Stream& stream) {
  require_iterations("relax-chebcb", world, true);
  return std::make_unique<ChebCb>(world, options, stream);
}

}  // namespace bellwether::bandits
