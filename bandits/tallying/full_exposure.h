#pragma once

#include <memory>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// The comparator of a tallying bandit: plays the arm that is best at full exposure for ever. Knows the bandit;
/// InvalidOption when it is none of tallies.
std::unique_ptr<Agent> make_full_exposure(const Bandit& bandit, const World& world,
                                          const std::vector<Setting>& settings, const Stream& stream);

}  // namespace bellwether::bandits
