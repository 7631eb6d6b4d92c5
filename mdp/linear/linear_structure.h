#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mdp/linear/feature_map.h"
#include "mdp/linear/mixture_basis.h"

namespace bellwether::mdp {

/// What an instance carries that is a linear MDP, a linear mixture, or both. Learners see `features` and `mixture`;
/// theta is the truth.
struct LinearStructure {
  std::shared_ptr<const FeatureMap> features = nullptr;   ///< null: no linear MDP
  std::shared_ptr<const MixtureBasis> mixture = nullptr;  ///< null: no mixture
  std::vector<std::vector<double>> mixture_theta = {};    ///< of the mixture: one vector, or one a stage

  bool empty() const { return features == nullptr && mixture == nullptr; }
};

/// InvalidModel unless features are of so many choices.
void require_fit(const LinearStructure& linear, std::int64_t choices);

}  // namespace bellwether::mdp
