#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiments/engine/grid.h"

namespace bellwether::experiments {

/// What a theorem says of a curve.
struct Overlay {
  std::string label;      ///< "UCBVI-BF: Azar et al. 2017, theorem 2"
  bool constants = true;  ///< false: the theorem hides its constant; a shape for slopes, never a bound
  std::vector<double> y;  ///< at each checkpoint
};

/// The regret bound of the learner's paper on this instance, with the learner's own delta; nothing when there is none
/// or when what it needs (the diameter of a large model) is too dear to compute.
std::optional<Overlay> upper_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                   std::span<const std::int64_t> at);

/// What no learner can beat on the family that this instance comes from, averaged over the family; nothing for
/// instances that belong to no lower bound, or where its conditions are not met.
std::optional<Overlay> lower_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                   std::span<const std::int64_t> at);

}  // namespace bellwether::experiments
