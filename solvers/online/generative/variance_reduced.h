#pragma once

#include <cstdint>
#include <memory>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/generative/agent.h"

namespace bellwether::online {

struct VarianceReducedQOptions {
  double recentring = 1;
  double epoch = 1;
  double delta = 0.05;
};

template <class Field>
void describe(VarianceReducedQOptions& o, Field&& field) {
  field("recentring", o.recentring, above(0), "factor on the samples for recentring (the theorem leaves it open)");
  field("epoch", o.epoch, above(0), "factor on the rounds of an epoch (the theorem leaves it open)");
  field("delta", o.delta, inside(0, 1), "probability with which the error bound may fail");
}

/// How samples are spent, D = S A and M the number of epochs that the samples suffice for (one at least):
///   recentring(m) = ceil(recentring 4^m ln(8 M D / delta) / (1 - discount)^2),      m = 1, 2, ...
///   rounds        = ceil(epoch ln(8 M D / ((1 - discount) delta)) / (1 - discount)^3).
class EpochLengths {
 public:
  EpochLengths(const GenerativeWorld& world, const VarianceReducedQOptions& options);

  std::int64_t epochs() const { return epochs_; }  ///< M
  std::int64_t recentring(std::int64_t epoch) const;
  std::int64_t rounds() const;

 private:
  double recentring_, rounds_, slowness_, per_epoch_;
  std::int64_t epochs_ = 1;
};

/// Variance-reduced Q-learning from Q = 0 (docs/papers/generative-model.md, Algorithm 4). In each epoch the values V_
/// of its beginning are backed up with many samples, T_(c) = r(c) + discount mean V_(s'), and then rounds of Q-learning
/// follow with step 1 / (1 + (1 - discount) k) towards T_(c) + discount (V(s') - V_(s')). Memory O(S A), constant time
/// a sample. The answer is the Q of the last round, inside an epoch too.
std::unique_ptr<GenerativeAgent> make_variance_reduced_q(const GenerativeWorld& world,
                                                         const VarianceReducedQOptions& options, const Stream& stream);

}  // namespace bellwether::online
