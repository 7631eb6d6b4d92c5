#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Uniform rounds first, then for ever the policy that would have earned most in them.
struct ExploreFirstOptions {
  int policies = 50;
  std::int64_t rounds = 0;
};

template <class Field>
void describe(ExploreFirstOptions& o, Field&& field) {
  field("policies", o.policies, at_least(1), "N, where contexts change: linear ones with directions drawn at random");
  field("rounds", o.rounds, at_least(0), "of exploration; 0: T^(2/3) (K ln N)^(1/3)");
}

/// Epoch-greedy (Langford, Zhang 2007): uniform rounds spread out in time, the best policy so far between them.
struct EpochGreedyOptions {
  int policies = 50;
  std::string schedule = "epochs";
};

template <class Field>
void describe(EpochGreedyOptions& o, Field&& field) {
  field("policies", o.policies, at_least(1), "N, where contexts change: linear ones with directions drawn at random");
  field("schedule", o.schedule, one_of({"epochs", "epsilon"}),
        "epochs: after the n-th uniform round sqrt(n / (K ln N)) greedy ones; epsilon: a round is uniform with "
        "probability (K ln N / t)^(1/3)");
}

std::unique_ptr<Agent> make_explore_first(const World& world, const ExploreFirstOptions& options, const Stream& stream);
std::unique_ptr<Agent> make_epoch_greedy(const World& world, const EpochGreedyOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
