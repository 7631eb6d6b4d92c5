#pragma once

#include "benchmarks/plain_value_iteration.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::benchmarks {

/// What everything robust is measured against: Jacobi sweeps from 0 on one thread, an L1 ball of the same radius around
/// each row answered by sorting it, stopped when no value changes by more than `residual`.
PlainResult plain_robust_value_iteration(const mdp::TabularMdp& model, double discount, double radius, double residual);

/// One such sweep; the largest change.
double plain_robust_sweep(const mdp::TabularMdp& model, double discount, double radius, const std::vector<double>& v,
                          std::vector<double>& out);

}  // namespace bellwether::benchmarks
