#include "bandits/adversarial/drawing.h"

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

int draw_index(std::span<const double> p, double u) {
  double sum = 0;
  int last = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    sum += p[i];
    if (p[i] > 0) last = static_cast<int>(i);
    if (sum > u) return last;
  }
  return last;
}

LossScale::LossScale(std::string_view learner, const World& world)
    : low_(world.low), high_(world.high), range_(world.high > world.low ? world.high - world.low : 1) {
  if (!std::isfinite(world.low) || !std::isfinite(world.high))
    throw InvalidOption(fmt::format("{} needs rewards in a bounded interval, those of this bandit lie in ({}, {})",
                                    learner, world.low, world.high));
}

}  // namespace bellwether::bandits
