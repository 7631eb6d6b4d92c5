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

/// How the learner's paper says that the samples it needs grow with 1 / (1 - discount), without a constant; nothing for
/// learners without a generative model. The label is short: "slope 3, as in Azar et al. 2013".
std::optional<Overlay> sample_size_shape(const InstanceVariant& instance, const LearnerVariant& learner,
                                         std::span<const double> effective_horizon);

}  // namespace bellwether::experiments
