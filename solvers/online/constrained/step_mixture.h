#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/constrained/agent.h"

namespace bellwether::online {

struct StepMixOptions {
  std::string constant = "theory";
  double delta = 0.05;
};

template <class Field>
void describe(StepMixOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
}

// Learners that leave a safe baseline step by step (Li, Huang, Shen, Yang 2023; docs/papers/stepmix.md). A model for
// every stage, mean rewards and costs known; the value of the baseline is not used, only that it is safe.

/// StepMix: the baseline for some steps, then the optimistic policy, and at one step a mixture of both.
std::unique_ptr<ConstrainedAgent> make_stepmix(const ConstrainedWorld& world, const StepMixOptions& options,
                                               const Stream& stream);
/// EpsMix: one of the two for the whole episode, by a coin.
std::unique_ptr<ConstrainedAgent> make_epsmix(const ConstrainedWorld& world, const StepMixOptions& options,
                                              const Stream& stream);
/// The optimistic policy alone: the bonus of BPI-UCBVI, no constraint, no end.
std::unique_ptr<ConstrainedAgent> make_bpi_ucb(const ConstrainedWorld& world, const StepMixOptions& options,
                                               const Stream& stream);

/// StepMix with the bonus of its lower bounds (and of the upper bounds on costs) multiplied: 0 takes away what makes it
/// safe. For controls of claims.
std::unique_ptr<ConstrainedAgent> make_stepmix_with(const ConstrainedWorld& world, const StepMixOptions& options,
                                                    double safety_bonus);

inline constexpr double kStepMixPractical = 0.005;

/// What a policy is worth on the counts of a learner: upper and lower bounds of every stage and state.
struct ValueBounds {
  std::vector<double> high, low;  ///< place h * S + s, stages 0 .. H

  friend bool operator==(const ValueBounds&, const ValueBounds&) = default;
};

}  // namespace bellwether::online
