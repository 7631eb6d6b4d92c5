#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "experiments/figures/overlays.h"

namespace bellwether::experiments {

/// upper_bound() of a learner that plays rounds of a bandit: theorems with all their constants, where their conditions
/// hold on this bandit with these settings. What speaks of the last round alone is drawn as a level: regret never
/// falls.
std::optional<Overlay> bandit_upper_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                          std::span<const std::int64_t> at);

/// lower_bound() of a bandit: the growth in the limit on this very instance, or a bound over its family.
std::optional<Overlay> bandit_lower_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                          std::span<const std::int64_t> at);

}  // namespace bellwether::experiments
