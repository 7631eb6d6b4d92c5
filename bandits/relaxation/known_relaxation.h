#pragma once

#include <memory>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Baselines that know the values of omega. InvalidOption for bandits whose arms are none.

struct FixedRelaxationOptions {
  double omega = 1.5;
};

template <class Field>
void describe(FixedRelaxationOptions& o, Field&& field) {
  field("omega", o.omega, inside(0, 2), "the arm nearest to it is played for ever");
}

std::unique_ptr<Agent> make_fixed_relaxation(const Bandit& bandit, const World& world,
                                             const std::vector<Setting>& settings, const Stream& stream);
/// The arm nearest to the best omega of the round's shift, which it reads from the context.
std::unique_ptr<Agent> make_instance_relaxation(const Bandit& bandit, const World& world,
                                                const std::vector<Setting>& settings, const Stream& stream);

}  // namespace bellwether::bandits
