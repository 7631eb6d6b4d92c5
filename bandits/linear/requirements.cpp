#include "bandits/linear/requirements.h"

#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

void require_features(std::string_view learner, const World& world) {
  if (world.dimension < 1)
    throw InvalidOption(fmt::format("{} needs arms with features, and those of this bandit have none", learner));
}

void require_sigma(std::string_view learner, const World& world) {
  if (!std::isfinite(world.sigma))
    throw InvalidOption(
        fmt::format("{} needs sub-Gaussian rewards, and those of this bandit have heavier tails", learner));
}

void require_linear(std::string_view learner, const World& world) {
  if (world.link == Link::kLogistic)
    throw InvalidOption(
        fmt::format("{} needs means that are linear in the features, those of this bandit are logistic functions of a "
                    "linear score; "
                    "ucb-glm plays it",
                    learner));
  if (world.link == Link::kOther)
    throw InvalidOption(
        fmt::format("{} needs means that are linear in the features, those of this bandit are not; {}", learner,
                    world.same_features ? "gp-ucb plays it" : "./bellwether list learners names others"));
}

void require_fixed_set(std::string_view learner, const World& world) {
  if (!world.same_features)
    throw InvalidOption(
        fmt::format("{} needs the same arms in every round, and this bandit draws new features", learner));
}

double failure_probability(double delta, const World& world) {
  return delta > 0 ? delta : 1 / static_cast<double>(world.rounds);
}

}  // namespace bellwether::bandits
