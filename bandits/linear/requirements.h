#pragma once

#include <string_view>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// InvalidOption "learner needs arms with features, this bandit has none".
void require_features(std::string_view learner, const World& world);
/// InvalidOption unless rewards are sub-Gaussian.
void require_sigma(std::string_view learner, const World& world);
/// InvalidOption, with the way out, where means are known not to be linear in the features; of a log nobody knows, and
/// the learner's model is taken at its word.
void require_linear(std::string_view learner, const World& world);
/// InvalidOption unless every round offers the same features.
void require_fixed_set(std::string_view learner, const World& world);

/// delta, or 1 / T where it is 0.
double failure_probability(double delta, const World& world);

}  // namespace bellwether::bandits
