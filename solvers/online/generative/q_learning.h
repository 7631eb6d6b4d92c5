#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/generative/agent.h"

namespace bellwether::online {

struct SynchronousQOptions {
  std::string steps = "rescaled";
  double exponent = 0.8;
  double size = 0;
};

template <class Field>
void describe(SynchronousQOptions& o, Field&& field) {
  field("steps", o.steps, one_of({"rescaled", "rescaled-log", "polynomial", "linear", "constant"}),
        "step size of round t: 1/(1+(1-discount)t), 1/(1+(1-discount)t/ln(T)^2), t^-exponent, 1/(1+t), or size");
  field("exponent", o.exponent, inside(0, 1), "of polynomial steps");
  field("size", o.size, between(0, 1), "of constant steps; 0: 1/(1+(1-discount)T/ln(T)^2), T the samples of a choice");
}

/// Step sizes by their names above.
class StepSizes {
 public:
  enum class Law { kHyperbolic, kPolynomial, kConstant };

  StepSizes(const GenerativeWorld& world, const SynchronousQOptions& options);

  /// Of round t = 1, 2, ...
  double operator()(std::int64_t t) const;

 private:
  Law law_ = Law::kHyperbolic;
  double parameter_ = 0;  ///< the factor on t, the exponent, the size
};

/// Synchronous Q-learning from Q = 0 (docs/papers/generative-model.md, Algorithm 3): in round t every choice gets one
/// sample s' and Q(c) <- (1 - step_t) Q(c) + step_t (r(c) + discount max Q(s', .)), all from the values of the round
/// before. Memory O(S A), constant time a sample.
std::unique_ptr<GenerativeAgent> make_q_learning(const GenerativeWorld& world, const SynchronousQOptions& options,
                                                 const Stream& stream);

}  // namespace bellwether::online
