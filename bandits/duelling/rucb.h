#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Relative upper confidence bounds (Zoghi, Whiteson, Munos, de Rijke 2014): an item that may beat all others, against
/// the one that may beat it most.
struct RucbOptions {
  double alpha = 0.51;
};

template <class Field>
void describe(RucbOptions& o, Field&& field) {
  field("alpha", o.alpha, above(0), "of the width sqrt(alpha ln t / N); theory wants more than 1/2");
}

std::unique_ptr<Agent> make_rucb(const World& world, const RucbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
