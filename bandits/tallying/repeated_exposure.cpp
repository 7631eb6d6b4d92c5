#include "bandits/tallying/repeated_exposure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "bandits/requirements.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {

double exposure_radius(double sigma, int arms, std::int64_t rounds, double plays) {
  const auto horizon = static_cast<double>(rounds);
  return sigma * std::sqrt(2 * std::log(2 * arms * horizon * std::max(1.0, std::log2(horizon))) / plays);
}

RepeatedExposure::RepeatedExposure(const World& world, const RepeatedExposureOptions& options, double factor)
    : sigma_(world.sigma),
      factor_(factor),
      arms_(world.arms),
      rounds_(world.rounds),
      memory_(options.memory),
      active_(static_cast<std::size_t>(world.arms)),
      mean_(active_.size()) {
  std::iota(active_.begin(), active_.end(), 0);
}

int RepeatedExposure::choose(const Round&) { return active_[place_]; }

void RepeatedExposure::learn(const Feedback& feedback) {
  if (active_.size() == 1) return;  // played to the end
  ++played_;
  if (played_ > memory_) sum_ += feedback.reward;
  const std::int64_t measured = std::int64_t{1} << epoch_;
  if (played_ < memory_ + measured) return;
  mean_[static_cast<std::size_t>(active_[place_])] = sum_ / static_cast<double>(measured);
  played_ = 0;
  sum_ = 0;
  if (++place_ == active_.size()) end_epoch();
}

void RepeatedExposure::end_epoch() {
  double best = mean(active_.front());
  for (const int arm : active_) best = std::max(best, mean(arm));
  const double width = 2 * factor_ * exposure_radius(sigma_, arms_, rounds_, std::ldexp(1.0, epoch_));
  std::erase_if(active_, [&](int arm) { return best - mean(arm) > width; });
  place_ = 0;
  ++epoch_;
}

std::unique_ptr<Agent> make_repeated_exposure(const World& world, const RepeatedExposureOptions& options,
                                              const Stream&) {
  require_prompt("wtb-se", world);
  const Constant constant("wtb-se", options.constant, kExposurePractical);
  if (!std::isfinite(world.sigma))
    throw InvalidOption(fmt::format("wtb-se needs rewards with a finite sigma, this bandit has {}", world.sigma));
  return std::make_unique<RepeatedExposure>(world, options, constant.factor());
}

}  // namespace bellwether::bandits
