#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/constrained/agent.h"

namespace bellwether::online {

struct DualLearnerOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double step = 1;
};

template <class Field>
void describe(DualLearnerOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("step", o.step, above(0), "factor on the steps of multipliers and policies");
}

// Learners that weigh costs with multipliers instead of solving programs (Efroni, Mannor, Pirotta 2020;
// docs/papers/constrained-regret.md). A model for every stage, mean rewards and costs known. With rho = H / room, where
// room is what the baseline leaves below the limits (InvalidOption when it leaves none), after an episode
//   y_i <- max{0, y_i + rho / (H sqrt K) (optimistic cost of the policy - limit_i)}.

/// OptDual-CMDP: the policy that is best for optimistic rewards less y times optimistic costs.
std::unique_ptr<ConstrainedAgent> make_opt_dual(const ConstrainedWorld& world, const DualLearnerOptions& options,
                                                const Stream& stream);
/// OptPrimalDual-CMDP: probabilities times exp(t Q) of the optimistic values of the policy itself, t =
/// sqrt(2 ln A / (H^2 (1 + rho)^2 K)); multipliers stay below 2 rho.
std::unique_ptr<ConstrainedAgent> make_opt_primal_dual(const ConstrainedWorld& world, const DualLearnerOptions& options,
                                                       const Stream& stream);

inline constexpr double kDualPractical = 0.01;

}  // namespace bellwether::online
