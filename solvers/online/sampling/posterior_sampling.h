#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct PsrlOptions {
  double alpha0 = 1;
  std::string rewards = "known";
};

template <class Field>
void describe(PsrlOptions& o, Field&& field) {
  field("alpha0", o.alpha0, above(0), "prior pseudo-count on each successor of each choice");
  field("rewards", o.rewards, one_of({"known", "beta"}), "mean rewards are known, or have uniform priors on [0, 1]");
}

/// Posterior sampling for reinforcement learning (docs/papers/posterior-sampling.md): before every episode one model is
/// drawn from the posterior and its optimal policy is played. O(S^2 A) draws and O(S^2 A H) arithmetic an episode;
/// memory O(S^2 A), times H when stages differ.
std::unique_ptr<EpisodicAgent> make_psrl(const EpisodicWorld& world, const PsrlOptions& options, const Stream& stream);

}  // namespace bellwether::online
