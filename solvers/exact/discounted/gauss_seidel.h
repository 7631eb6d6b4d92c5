#pragma once

#include <string>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct GaussSeidelOptions {
  std::string order = "forward";
};

template <class Field>
void describe(GaussSeidelOptions& o, Field&& field) {
  field("order", o.order, one_of({"forward", "backward", "symmetric"}),
        "order of the states in a sweep; symmetric goes there and back");
}

/// Gauss-Seidel value iteration: each backup uses the values already renewed in this sweep
/// (docs/papers/exact-solvers.md, "Gauss-Seidel"). Where rewards make V rise (V <= TV), every sweep dominates that of
/// value iteration. Certificate: certify() at the last iterate. Cost: one pass an iteration, serial, and a check at
/// log-spaced iterations.
Solution gauss_seidel(const Problem& problem, const GaussSeidelOptions& options = {},
                      const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
