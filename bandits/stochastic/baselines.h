#pragma once

#include <memory>
#include <vector>

#include "bandits/agent.h"
#include "bandits/learner.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// What every learner is compared with. They have no options.

/// A random arm in every round.
std::unique_ptr<Agent> make_uniform(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                    const Stream& stream);
/// Every arm once, then the best mean.
std::unique_ptr<Agent> make_greedy(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                   const Stream& stream);
/// The best arm: knows the bandit. InvalidOption where no arm is best for good.
std::unique_ptr<Agent> make_optimal(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                    const Stream& stream);

}  // namespace bellwether::bandits
