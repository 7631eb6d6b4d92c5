#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Learners that divide the rounds into exploring and exploiting.

/// m pulls of every arm, then the best mean for ever.
struct ExploreThenCommitOptions {
  std::int64_t pulls = 0;
  double gap = 0;
};

template <class Field>
void describe(ExploreThenCommitOptions& o, Field&& field) {
  field("pulls", o.pulls, at_least(0), "m, the pulls of every arm; 0: from the gap");
  field("gap", o.gap, at_least(0),
        "D of m = ceil((4 sigma^2 / D^2) ln(T D^2 / (4 sigma^2))); 0: unknown, m = ceil((T / K)^(2/3) ln(T)^(1/3))");
}

std::unique_ptr<Agent> make_explore_then_commit(const World& world, const ExploreThenCommitOptions& options,
                                                const Stream& stream);
/// The m that these options stand for in this world.
std::int64_t pulls_before_commitment(const World& world, const ExploreThenCommitOptions& options);

/// A random arm with probability eps_t, else the best mean (Auer, Cesa-Bianchi, Fischer 2002).
struct EpsilonGreedyOptions {
  std::string schedule = "decreasing";
  double epsilon = 0.1;
  double c = 6, gap = 0.1;
};

template <class Field>
void describe(EpsilonGreedyOptions& o, Field&& field) {
  field("schedule", o.schedule, one_of({"decreasing", "constant", "cube-root"}),
        "eps_t = min(1, c K / (gap^2 t)), or epsilon, or (K ln t / t)^(1/3)");
  field("epsilon", o.epsilon, between(0, 1), "of the constant schedule");
  field("c", o.c, above(0), "of the decreasing schedule: above 5 for the theorem");
  field("gap", o.gap, above(0), "of the decreasing schedule: at most the smallest gap for the theorem");
}

std::unique_ptr<Agent> make_epsilon_greedy(const World& world, const EpsilonGreedyOptions& options,
                                           const Stream& stream);

}  // namespace bellwether::bandits
