#pragma once

#include <memory>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Baselines that know how arms recover. They have no options; InvalidOption for bandits whose arms do not.

/// Plays the planned periodic policy.
std::unique_ptr<Agent> make_periodic_known(const Bandit& bandit, const World& world,
                                           const std::vector<Setting>& settings, const Stream& stream);
/// Pulls the arms that bring most at once.
std::unique_ptr<Agent> make_myopic_known(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                         const Stream& stream);

}  // namespace bellwether::bandits
