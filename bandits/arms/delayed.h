#pragma once

#include <cstdint>
#include <memory>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// In how many rounds feedback comes. Delays are drawn without regard to who plays.
struct DelayLaw {
  enum class Family {
    kConstant,   ///< always `mean`
    kUniform,    ///< 0, 1, ..., 2 mean
    kGeometric,  ///< P(d) = (1 - q) q^d with this mean, no more than `largest`
  };
  Family family = Family::kConstant;
  std::int64_t mean = 0;
  std::int64_t largest = 0;  ///< kGeometric; others know theirs
};

/// A bandit whose feedback is late: feedback of round t comes at the end of round t + d. Rewards are those of the base,
/// draw by draw. World::total_delay is T times the mean.
std::shared_ptr<const Bandit> delayed(std::shared_ptr<const Bandit> base, DelayLaw law);

}  // namespace bellwether::bandits
