#pragma once

#include <memory>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/average/agent.h"

namespace bellwether::online {

struct TsdeOptions {
  double alpha0 = 1;
};

template <class Field>
void describe(TsdeOptions& o, Field&& field) {
  field("alpha0", o.alpha0, above(0), "prior pseudo-count on each successor of each choice");
}

/// Thompson sampling with dynamic episodes (Ouyang, Gagrani, Nayyar and Jain 2017; docs/papers/tsde.md): draws a model
/// from the posterior, plays its best policy for at most one step longer than the episode before, or until the visits
/// of some choice have doubled. Mean rewards are known. O(S^2 A) draws an episode and O(S^2 A) a sweep of planning;
/// memory O(S^2 A).
std::unique_ptr<AverageAgent> make_tsde(const AverageWorld& world, const TsdeOptions& options, const Stream& stream);

}  // namespace bellwether::online
