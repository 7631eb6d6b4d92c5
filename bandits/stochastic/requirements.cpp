#include "bandits/stochastic/requirements.h"

#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

void require_unit_rewards(std::string_view learner, const World& world) {
  if (world.low >= 0 && world.high <= 1) return;
  throw InvalidOption(
      fmt::format("{} needs rewards in [0, 1], those of this bandit lie in [{}, {}]", learner, world.low, world.high));
}

double require_sub_gaussian(std::string_view learner, const World& world) {
  if (std::isfinite(world.sigma)) return world.sigma;
  throw InvalidOption(fmt::format(
      "{} needs to know a sigma for which rewards are sigma-sub-Gaussian, and this bandit has none; robust-ucb needs a "
      "moment only",
      learner));
}

double require_bounded(std::string_view learner, const World& world) {
  if (std::isfinite(world.high - world.low)) return world.high - world.low;
  throw InvalidOption(fmt::format("{} needs rewards in a bounded range, those of this bandit lie in [{}, {}]", learner,
                                  world.low, world.high));
}

LawFamily require_law(std::string_view learner, std::string_view word, const World& world) {
  if (word == "bernoulli") require_unit_rewards(learner, world);
  if (word == "bernoulli" || (word == "auto" && world.low >= 0 && world.high <= 1)) return {};
  if (word == "auto" && world.noise == Noise::kPoisson) return {.kind = LawFamily::Kind::kPoisson};
  if (word == "auto" && world.noise == Noise::kExponential) return {.kind = LawFamily::Kind::kExponential};
  return LawFamily::gaussian(require_sub_gaussian(learner, world));
}

}  // namespace bellwether::bandits
