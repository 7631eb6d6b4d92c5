#pragma once

#include <memory>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// Plays the arm with the largest index of Gittins under a prior Beta(successes, failures) of every arm's mean: the
/// best policy when the prior is true and rounds are discounted. Rewards 0 or 1.
struct GittinsOptions {
  double discount = 0.9, successes = 1, failures = 1, tolerance = 1e-4;
};

template <class Field>
void describe(GittinsOptions& o, Field&& field) {
  field("discount", o.discount, between(0, 0.999), "weight of a round by that of the round before");
  field("successes", o.successes, above(0), "a of the prior Beta(a, b)");
  field("failures", o.failures, above(0), "b of it");
  field("tolerance", o.tolerance, above(0), "proven width around an index");
}

std::unique_ptr<Agent> make_gittins(const World& world, const GittinsOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
