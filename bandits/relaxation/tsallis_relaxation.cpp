#include "bandits/relaxation/tsallis_relaxation.h"

#include <algorithm>
#include <cmath>

#include "bandits/relaxation/iterations.h"

namespace bellwether::bandits {

void tsallis_weights(std::span<const double> losses, double rate, std::span<double> p) {
  constexpr int kSteps = 60;
  constexpr double kEnough = 1e-13;
  double x = std::ranges::min(losses) - 2 / rate;
  for (int step = 0; step < kSteps; ++step) {
    double sum = 0, slope = 0;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const double root = 2 / (rate * (losses[i] - x));
      p[i] = root * root;
      sum += p[i];
      slope += p[i] * root;
    }
    if (sum - 1 <= kEnough) break;
    x -= (sum - 1) / (rate * slope);
  }
}

TsallisRelaxation::TsallisRelaxation(const World& world, const TsallisRelaxationOptions& options, const Stream& stream)
    : arms_(static_cast<std::size_t>(world.arms)),
      scale_(options.scale),
      stream_(stream),
      losses_(arms_ * static_cast<std::size_t>(options.bins)),
      rounds_(static_cast<std::size_t>(options.bins)),
      scaled_(arms_),
      p_(arms_) {}

int TsallisRelaxation::choose(const Round& round) {
  bin_ = 0;
  if (rounds_.size() > 1) {
    const double share = (context_of(round) + 1) / 2 * static_cast<double>(rounds_.size());
    bin_ = std::min(rounds_.size() - 1, static_cast<std::size_t>(std::max(share, 0.0)));
  }
  const double t = static_cast<double>(++rounds_[bin_]);
  const double mean = count_ > 0 && sum_ > 0 ? sum_ / static_cast<double>(count_) : 1;
  const double scale = scale_ > 0 ? scale_ : mean;
  for (std::size_t i = 0; i < arms_; ++i) scaled_[i] = losses_[bin_ * arms_ + i] / scale;
  tsallis_weights(scaled_, 2 / std::sqrt(t), p_);
  return draw_arm(p_, stream_);
}

void TsallisRelaxation::learn(const Feedback& feedback) {
  const auto a = static_cast<std::size_t>(feedback.arm);
  const double loss = -feedback.reward - 1;
  losses_[bin_ * arms_ + a] += loss / p_[a];
  sum_ += loss;
  ++count_;
}

std::unique_ptr<Agent> make_tsallis_relaxation(const World& world, const TsallisRelaxationOptions& options,
                                               const Stream& stream) {
  require_iterations("relax-tsallis", world, options.bins > 1);
  return std::make_unique<TsallisRelaxation>(world, options, stream);
}

std::unique_ptr<Agent> make_tsallis_bins(const World& world, const TsallisBinsOptions& options, const Stream& stream) {
  require_iterations("relax-tsallis-cb", world, options.bins > 1);
  return std::make_unique<TsallisRelaxation>(world, options, stream);
}

}  // namespace bellwether::bandits
