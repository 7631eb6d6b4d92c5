#pragma once

#include <string>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct InexactPolicyIterationOptions {
  std::string krylov = "bicgstab";
  std::string preconditioner = "none";
  double forcing = 0.1;
  int inner = 1000;
  int restart = 30;
};

template <class Field>
void describe(InexactPolicyIterationOptions& o, Field&& field) {
  field("krylov", o.krylov, one_of({"bicgstab", "gmres"}), "Krylov method that evaluates the policy");
  field("preconditioner", o.preconditioner, one_of({"none", "jacobi", "ilut"}),
        "ilut pays on grids and chains only; on random graphs it fills in");
  field("forcing", o.forcing, inside(0, 1), "relative residual at which an evaluation ends, at first");
  field("inner", o.inner, at_least(1), "Krylov steps an evaluation at most");
  field("restart", o.restart, between(2, 1000), "GMRES vectors between restarts");
}

/// Inexact policy iteration (Gargiani et al. 2022): the correction of the present value under the greedy policy,
/// (I - discount P_pi) x = TV - V, is found by a Krylov method to a relative residual that starts at `forcing` and is
/// tightened whenever progress falters (docs/papers/exact-solvers.md, "Inexact policy iteration"). Where the method
/// breaks down, evaluation sweeps take its place. Certificate: certify() at the last backup. Cost: a pass over the
/// model an iteration and two products with the policy's matrix a BiCGSTAB step (one a GMRES step).
Solution inexact_policy_iteration(const Problem& problem, const InexactPolicyIterationOptions& options = {},
                                  const SolveOptions& run_options = {});

}  // namespace bellwether::solvers
