#pragma once

#include <string>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct SuccessiveOverRelaxationOptions {
  double omega = 0;
  std::string order = "forward";
};

template <class Field>
void describe(SuccessiveOverRelaxationOptions& o, Field&& field) {
  field(
      "omega", o.omega, between(0, 2),
      "relaxation factor; 0 takes the largest that surely contracts, 1 / (1 - discount min_a P(s|s,a)), in each state");
  field("order", o.order, one_of({"forward", "backward", "symmetric"}),
        "order of the states in a sweep; symmetric goes there and back");
}

/// Successive over-relaxation V(s) <- V(s) + omega ((TV)(s) - V(s)) in place (docs/papers/exact-solvers.md,
/// "Over-relaxation"). Up to the safe factor the sweep is a monotone contraction; beyond it the sweeps are watched, and
/// when they stop closing in the run goes on with the safe factor and says so. Certificate: certify() at the last
/// iterate. Cost: as Gauss-Seidel.
Solution successive_over_relaxation(const Problem& problem, const SuccessiveOverRelaxationOptions& options = {},
                                    const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
