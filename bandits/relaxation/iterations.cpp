#include "bandits/relaxation/iterations.h"

#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

void require_iterations(std::string_view learner, const World& world, bool context) {
  if (!(world.high <= 0) || std::isinf(world.low))
    throw InvalidOption(
        fmt::format("{} needs rewards that are minus numbers of iterations, this bandit has some in "
                    "[{}, {}]",
                    learner, world.low, world.high));
  if (context && world.dimension != 1)
    throw InvalidOption(fmt::format("{} needs a context of one number, this bandit has features of dimension {}",
                                    learner, world.dimension));
}

int draw_arm(std::span<const double> p, Stream& stream) {
  double sum = 0;
  for (const double x : p) sum += x;
  double left = stream.uniform() * sum;
  const auto last = p.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    if (left < p[i]) return static_cast<int>(i);
    left -= p[i];
  }
  return static_cast<int>(last);
}

}  // namespace bellwether::bandits
