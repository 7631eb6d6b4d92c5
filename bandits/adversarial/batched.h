#pragma once

#include <memory>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// Exp3 over batches (Arora, Dekel, Tewari 2012; docs/papers/adversarial-bandits.md): an arm is played for a whole
/// batch and learnt from once, by what the batch brought on average. Against an adversary that answers to the last
/// `memory` plays only the first of them in a batch are charged to the wrong arm.
struct BatchedExp3Options {
  std::int64_t batch = 0;
  int memory = 1;
};

template <class Field>
void describe(BatchedExp3Options& o, Field&& field) {
  field("batch", o.batch, at_least(0), "rounds of a batch; 0: (2 memory^2 T / (K ln K))^(1/3)");
  field("memory", o.memory, between(1, 1'000'000), "how many plays back the adversary looks");
}

std::unique_ptr<Agent> make_batched_exp3(const World& world, const BatchedExp3Options& options, const Stream& stream);

}  // namespace bellwether::bandits
