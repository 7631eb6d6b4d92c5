#pragma once

#include <memory>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Policies that know how arms move, and see where they are. InvalidOption for bandits whose arms are no Markov chains.

/// Plays the arms whose states have the largest indices of Whittle above 0: at most as many as may be.
struct WhittleOptions {
  double discount = 1;
};

template <class Field>
void describe(WhittleOptions& o, Field&& field) {
  field("discount", o.discount, between(0, 1), "of the problem that the index is taken from; 1: the long run");
}

/// InvalidOption, with the subsidies that prove it, when an arm is not indexable.
std::unique_ptr<Agent> make_whittle(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                    const Stream& stream);
/// Plays the arms for which playing brings most more than resting in this round. No options.
std::unique_ptr<Agent> make_myopic(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                   const Stream& stream);

}  // namespace bellwether::bandits
